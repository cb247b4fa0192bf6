package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// operation is what users do with one image.
type operation struct {
	name string
	args func(image string) []string
}

func words(w ...string) func(string) []string {
	return func(image string) []string { return append(slices.Clone(w), image) }
}

// operations leave the store as it was.
var operations = []operation{
	{"pull", words("pull", "-q")},
	{"first mount", words("image", "mount")},
	{"unmount", words("image", "unmount")},
	{"mount", words("image", "mount")},
	{"unmount", words("image", "unmount")},
	{"rmi", words("rmi")},
}

// figures are what an operation took in one stage.
type figures struct {
	calls int
	cpu   []time.Duration
	peak  []int64
}

func (f *figures) add(u usage) {
	f.cpu, f.peak = append(f.cpu, u.CPU), append(f.peak, u.Peak)
}

func median[T time.Duration | int64](list []T) T {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

// stage is a state of the stores and the figures of operations in it, by operation and kind.
type stage struct {
	name    string
	images  int // for the chart, 0 for none
	order   []string
	figures map[string]map[string]*figures
}

func (b *bench) newStage(name string, images int) *stage {
	s := &stage{name: name, images: images, figures: map[string]map[string]*figures{}}
	b.stages = append(b.stages, s)
	return s
}

func (s *stage) of(operation string, k kind) *figures {
	if s.figures[operation] == nil {
		s.order = append(s.order, operation)
		s.figures[operation] = map[string]*figures{}
	}
	if s.figures[operation][k.name] == nil {
		s.figures[operation][k.name] = &figures{}
	}
	return s.figures[operation][k.name]
}

// measure runs the operations with images that the stores lack: a round with strace, which counts, and
// rounds for the other figures.
func (b *bench) measure(ctx context.Context, st *stage) error {
	for round := range b.rounds + 1 {
		for _, s := range b.stores {
			image := b.registry.image(fmt.Sprintf("new%d-%d", len(b.stages), round))
			for _, o := range operations {
				f := st.of(o.name, s.kind)
				var u usage
				var err error
				if round == 0 {
					f.calls, err = s.calls(ctx, o.args(image)...)
				} else if u, err = s.podman(ctx, o.args(image)...); err == nil {
					f.add(u)
				}
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// once runs one operation of each store once and records it.
func (b *bench) once(ctx context.Context, st *stage, name string, args ...string) error {
	for _, s := range b.stores {
		u, err := s.podman(ctx, args...)
		if err != nil {
			return err
		}
		st.of(name, s.kind).add(u)
	}
	return nil
}

// removals removes an image while another process adds a layer, and then another image.
func (b *bench) removals(ctx context.Context, st *stage) error {
	for round := range b.rounds {
		first, second := b.registry.image(fmt.Sprint("busy", round)), b.registry.image(fmt.Sprint("idle", round))
		for _, s := range b.stores {
			if _, err := s.podman(ctx, "pull", "-q", first, second); err != nil {
				return err
			}
			err := s.busy(func() error {
				u, err := s.podman(ctx, "rmi", first)
				st.of("rmi while another process pulls", s.kind).add(u)
				return err
			})
			if err != nil {
				return err
			}
			u, err := s.podman(ctx, "rmi", second)
			if err != nil {
				return err
			}
			st.of("rmi after that", s.kind).add(u)
		}
	}
	return nil
}

// upkeep runs the commands for a whole store of ours.
func (b *bench) upkeep(ctx context.Context, st *stage) error {
	image := b.registry.image("1")
	for _, s := range b.stores {
		if !s.composefs {
			continue
		}
		for _, args := range [][]string{{"status"}, {"check", image}, {"check", "--all"}, {"gc"}} {
			u, err := s.run(ctx, append([]string{b.program}, args...)...)
			if err != nil {
				return err
			}
			name := args[0]
			if len(args) > 1 {
				name += map[bool]string{true: " --all", false: " IMAGE"}[args[1] == "--all"]
			}
			st.of(name, s.kind).add(u)
		}
	}
	return nil
}

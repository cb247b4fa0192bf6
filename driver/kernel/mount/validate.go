package mount

import (
	"errors"
	"fmt"
	"strings"
)

// ErrPlan is wrapped by the errors of [Plan.Validate]: the plan is at fault and not the system.
var ErrPlan = errors.New("invalid mount plan")

// Validate returns the first fault of a plan that no kernel can mount. The error wraps [ErrPlan].
// Validate does no I/O.
func (p *Plan) Validate() error {
	n := len(p.Lowers) + len(p.Data)
	switch {
	case len(p.Lowers) == 0:
		return planError("no lower layer")
	case n == 1 && p.Upper == "":
		return planError("a single lower layer with neither a data-only nor an upper one; mount it without overlay")
	case n > MaxLayers:
		return planError("%d lower layers, overlayfs takes at most %d", n, MaxLayers)
	case (p.Upper == "") != (p.Work == ""):
		return planError("upper and work directory come together")
	case p.Volatile && p.Upper == "":
		return planError("volatile without an upper directory")
	case p.UserXattr && p.Metacopy:
		return planError("userxattr and metacopy exclude each other")
	case p.Verity != VerityOff && p.Verity != VerityRequire:
		return planError("no such verity mode: %d", p.Verity)
	case p.Attrs&^allAttrs() != 0:
		return planError("no such mount attributes: %#x", uint64(p.Attrs&^allAttrs()))
	}
	if p.Xino != XinoDefault {
		if _, err := ParseXino(string(p.Xino)); err != nil {
			return planError("%w", err)
		}
	}
	for _, l := range p.Lowers {
		if err := l.validate(); err != nil {
			return err
		}
	}
	for _, dir := range p.Data {
		if err := checkPath("data-only layer", dir); err != nil {
			return err
		}
	}
	for what, s := range map[string]string{"upper": p.Upper, "work": p.Work, "source": p.Source, "label": p.Label} {
		if strings.ContainsRune(s, 0) {
			return planError("%s %q has a zero byte", what, s)
		}
	}
	return nil
}

func (l Layer) validate() error {
	switch {
	case l.Dir != "" && l.File == nil && l.Image == nil:
		return checkPath("lower layer", l.Dir)
	case l.Dir == "" && l.File != nil && l.Image == nil:
		return nil
	case l.Dir == "" && l.File == nil && l.Image != nil:
		return l.Image.validate()
	}
	return planError("a lower layer is one of directory, open directory and image")
}

func (i *Image) validate() error {
	switch {
	case i.Backing < BackingAuto || i.Backing > BackingLoop:
		return planError("no such backing: %d", i.Backing)
	case i.File != nil:
		return nil
	}
	return checkPath("image", i.Path)
}

func checkPath(what, path string) error {
	switch {
	case path == "":
		return planError("%s without a path", what)
	case strings.ContainsRune(path, 0):
		return planError("%s %q has a zero byte", what, path)
	}
	return nil
}

func allAttrs() Attrs {
	var all Attrs
	for _, n := range attrNames {
		all |= n.set
	}
	return all
}

func planError(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrPlan}, args...)...)
}

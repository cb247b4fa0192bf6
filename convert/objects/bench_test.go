package objects_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// benchmarkFiles is the number of objects of 4 KiB in a round of the benchmarks. They run in TMPDIR
// and report the CPU time for each object, with its publication and without the final syncfs. Point
// TMPDIR to a fresh file system and use -benchtime 1x: ext4 takes ten times as long if it must
// reuse recently removed inodes.
const benchmarkFiles = 20_000

func BenchmarkAdd(b *testing.B) {
	b.Run("new", func(b *testing.B) {
		benchmark(b, func(root string, m *meter) error {
			return addObjects(filepath.Join(root, "pool"), filepath.Join(root, "layer"), m)
		})
	})
	b.Run("known", func(b *testing.B) {
		benchmark(b, func(root string, m *meter) error {
			pool := filepath.Join(root, "pool")
			if err := addObjects(pool, filepath.Join(root, "first"), new(meter)); err != nil {
				return err
			}
			return addObjects(pool, filepath.Join(root, "layer"), m)
		})
	})
	// The minimum of system calls for a new object.
	b.Run("bare", func(b *testing.B) { benchmark(b, addBare) })
}

// benchmark runs fn in a fresh directory for every round.
func benchmark(b *testing.B, fn func(root string, m *meter) error) {
	var m meter
	for range b.N {
		root, err := os.MkdirTemp(b.TempDir(), "round-")
		if err == nil {
			err = fn(root, &m)
		}
		if err = errors.Join(err, os.RemoveAll(root)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(m.microseconds)/float64(b.N*benchmarkFiles), "cpu-µs/object")
}

// meter counts the CPU that the process uses between start and stop.
type meter struct{ microseconds int64 }

func (m *meter) start() { m.microseconds -= cpuTime() }
func (m *meter) stop()  { m.microseconds += cpuTime() }

func cpuTime() int64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return (u.Utime.Nano() + u.Stime.Nano()) / 1000
}

// contentOf makes content the i-th of many that differ.
func contentOf(content []byte, i int) { binary.LittleEndian.PutUint64(content, uint64(i)) }

func addObjects(pool, dir string, m *meter) error {
	p, err := objects.Open(pool, objects.Options{})
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	batch, err := p.Begin(dir)
	if err != nil {
		return err
	}
	content := make([]byte, verity.BlockSize)
	m.start()
	for i := range benchmarkFiles {
		contentOf(content, i)
		if _, err := batch.Add(content); err != nil {
			return err
		}
	}
	m.stop()
	unix.Sync() // so that Commit's syncfs has nothing to do
	m.start()
	err = batch.Commit()
	m.stop()
	return errors.Join(err, batch.Close(), p.Close())
}

// BenchmarkAddFrom streams a content of 64 MiB, through the pool's buffer and through the reader's
// own.
func BenchmarkAddFrom(b *testing.B) {
	content := make([]byte, 64<<20)
	for i := range len(content) / 8 {
		binary.LittleEndian.PutUint64(content[8*i:], uint64(i)*0x9e3779b97f4a7c15)
	}
	for name, reader := range map[string]func() io.Reader{
		"reader":    func() io.Reader { return struct{ io.Reader }{bytes.NewReader(content)} },
		"writer to": func() io.Reader { return bytes.NewReader(content) },
	} {
		b.Run(name, func(b *testing.B) {
			p, err := objects.Open(b.TempDir(), objects.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer p.Close() //nolint:errcheck // nothing is committed
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				batch, err := p.BeginStaged()
				if err != nil {
					b.Fatal(err)
				}
				_, err = batch.AddFrom(reader(), int64(len(content)))
				if err = errors.Join(err, batch.Close()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// addBare calls sha256, open, write, close and link for each content, in directories with the names
// of the pool's.
func addBare(root string, m *meter) error {
	m.start()
	for i := range 256 {
		shard := fmt.Sprintf("%02x", i)
		if err := errors.Join(os.MkdirAll(filepath.Join(root, "layer", shard), 0o700), os.MkdirAll(filepath.Join(root, "pool", shard), 0o700)); err != nil {
			return err
		}
	}
	layer, err := os.Open(filepath.Join(root, "layer"))
	if err != nil {
		return err
	}
	pool, err := os.Open(filepath.Join(root, "pool"))
	if err != nil {
		return err
	}
	content := make([]byte, verity.BlockSize)
	for i := range benchmarkFiles {
		contentOf(content, i)
		sum := sha256.Sum256(content)
		name := objects.Path(verity.NewDigest(sum[:]))
		fd, err := unix.Openat(int(layer.Fd()), name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600)
		if err != nil {
			return err
		}
		_, err = unix.Write(fd, content)
		if err = errors.Join(err, unix.Close(fd), unix.Linkat(int(layer.Fd()), name, int(pool.Fd()), name, 0)); err != nil {
			return err
		}
	}
	m.stop()
	return errors.Join(layer.Close(), pool.Close())
}

// BenchmarkRelease releases 95,000 objects that another layer has too, and 95,000 that it has not.
// It reports the time of reading the layer's names, and of the release. See benchmarkFiles for
// TMPDIR.
func BenchmarkRelease(b *testing.B) {
	const files = 95_000
	for name, shared := range map[string]bool{"shared": true, "garbage": false} {
		b.Run(name, func(b *testing.B) {
			var list, release time.Duration
			for range b.N {
				root := b.TempDir()
				p, err := objects.Open(filepath.Join(root, "pool"), objects.Options{})
				for _, dir := range []string{"one", "two"} {
					if err == nil && (shared || dir == "one") {
						err = addDistinct(p, filepath.Join(root, dir), files)
					}
				}
				if err != nil {
					b.Fatal(err)
				}
				start := time.Now()
				all, err := objects.DigestsIn(b.Context(), filepath.Join(root, "one"))
				list += time.Since(start)
				if err = errors.Join(err, os.RemoveAll(filepath.Join(root, "one"))); err != nil {
					b.Fatal(err)
				}
				start = time.Now()
				c, err := p.Release(b.Context(), all, nil)
				release += time.Since(start)
				if err = errors.Join(err, p.Close()); err != nil || len(all) != files || (c.Objects == 0) != shared {
					b.Fatalf("%v, %d names, %+v", err, len(all), c)
				}
			}
			b.ReportMetric(list.Seconds()*1000/float64(b.N), "list-ms")
			b.ReportMetric(release.Seconds()*1000/float64(b.N), "release-ms")
		})
	}
}

// addDistinct makes a layer of distinct contents in dir.
func addDistinct(p *objects.Pool, dir string, files int) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	batch, err := p.Begin(dir)
	if err != nil {
		return err
	}
	content := make([]byte, verity.BlockSize)
	for i := range files {
		contentOf(content, i)
		_, e := batch.Add(content)
		err = errors.Join(err, e)
	}
	return errors.Join(err, batch.Commit(), batch.Close())
}

package convert

import (
	"sync"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// unread is a placeholder in entries for the inode of a file that was not read yet.
var unread = new(tree.Inode)

// files reads the inodes of files, with a goroutine for each layer. In the meantime the merger goes
// on with directories, for which it needs names and types only.
type files struct {
	running sync.WaitGroup
	outside sync.Mutex // held while a Source's functions are called

	mutex sync.Mutex
	at    place // of the first error, in the order of a single goroutine
	err   error
}

// place is the position of a file: the number of its directory in the order of merging, and the
// number of the file in the directory.
type place struct{ dir, file int }

func (p place) before(q place) bool { return p.dir < q.dir || p.dir == q.dir && p.file < q.file }

// batch is the files of a merged directory that come from one layer.
type batch struct {
	number int        // of the directory
	dir    erofs.Node // of the layer
	files  []wanted
}

// wanted is a file whose inode must be read.
type wanted struct {
	number int         // among the files of the directory
	entry  *tree.Entry // that gets the inode
	name   erofs.DirEntry
}

// batchesMax is the number of directories by which the merger may be ahead of a layer's goroutine.
const batchesMax = 64

// start starts the goroutine of a layer.
func (f *files) start(m *merger, s *source) {
	s.batches = make(chan batch, batchesMax)
	f.running.Add(1)
	go func() {
		defer f.running.Done()
		failed := false // after a failure, batches are received and dropped
		for b := range s.batches {
			if failed {
				continue
			}
			at, err := f.read(m, s, b)
			if failed = err != nil; failed {
				f.fail(at, err)
			}
		}
	}()
}

// read reads the inodes of a batch, in the order of the layer.
func (f *files) read(m *merger, s *source, b batch) (at place, err error) {
	if err := m.ctx.Err(); err != nil {
		return place{dir: b.number}, err
	}
	for _, w := range b.files {
		node, err := s.files.Node(b.dir, w.name)
		if err != nil {
			err = s.error(err)
		} else {
			err = m.resolve(s, node.Inode)
		}
		if err != nil {
			return place{b.number, w.number}, err
		}
		w.entry.Inode = node.Inode
	}
	return place{}, nil
}

// fail records an error, unless an earlier one is known.
func (f *files) fail(at place, err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.err == nil || at.before(f.at) {
		f.at, f.err = at, err
	}
}

// wait waits until all batches are read, and returns the first error.
func (f *files) wait(layers []*source) error {
	for _, s := range layers {
		close(s.batches)
	}
	f.running.Wait()
	return f.err
}

// send has the goroutines of the layers read the files of a directory.
func (m *merger) send(d *mergedDir) {
	if len(m.unread) == 0 {
		return
	}
	counts := make([]int, len(d.parts))
	for i := range m.unread {
		counts[m.unread[i].part]++
	}
	batches := make([]batch, len(d.parts))
	for i, n := range counts {
		batches[i] = batch{m.merged, d.parts[i].node, make([]wanted, 0, n)}
	}
	number := 0
	for e := range d.inode.Dir.All() {
		if e.Inode == unread {
			it := &m.unread[number]
			b := &batches[it.part]
			b.files = append(b.files, wanted{number, e, it.entry})
			number++
		}
	}
	for i, b := range batches {
		if len(b.files) > 0 {
			d.parts[i].from.batches <- b
		}
	}
}

package fsck

import (
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// object is an object of the pool and the state of its check.
type object struct {
	inode uint64 // 0 if the pool lacks the object
	size  int64  // bytes, -1 if unknown
	by    *layer // the layer whose image has that size, nil if stat returned it

	regular bool
	linked  bool // a layer has a link to the file
	sealed  bool // a sealed image names it

	queued, sealQueued bool // queued to be read, and to be measured
}

// object returns the object of the pool with a digest, which it looks up once. sealed reports that a
// sealed image names the object.
func (p *poolCheck) object(d verity.Digest, sealed bool) object {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.lookup(d)
	o.sealed = o.sealed || sealed
	return *o
}

// want is object for a content of a layer, whose file has that inode. It takes an unknown size from the
// layer's image, and hashing compares the size later: a stat of each file would take longer than
// reading a small one.
func (p *poolCheck) want(k content, l *layer, sealed bool, inode uint64) object {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.lookup(k.digest)
	o.sealed = o.sealed || sealed
	o.linked = o.linked || o.inode == inode
	if o.size < 0 && k.size >= 0 {
		o.size, o.by = k.size, l
	}
	return *o
}

func (p *poolCheck) lookup(d verity.Digest) *object {
	o := p.objects[d]
	if o == nil {
		o = &object{}
		p.stat(d, o)
		p.objects[d] = o
	}
	return o
}

// stat reads the inode and the size of an object's file.
func (p *poolCheck) stat(d verity.Digest, o *object) (links uint64) {
	var st unix.Stat_t
	if p.reader != nil && unix.Fstatat(p.fd, objects.Path(d), &st, unix.AT_SYMLINK_NOFOLLOW) == nil {
		o.inode, o.size, o.by, o.regular = st.Ino, st.Size, nil, isRegular(&st)
		return uint64(st.Nlink) //nolint:unconvert // narrower on some architectures
	}
	o.inode = 0
	return 0
}

// addFile adds a file of a layer that is not in the pool.
func (p *poolCheck) addFile(f file) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.extra = append(p.extra, f)
}

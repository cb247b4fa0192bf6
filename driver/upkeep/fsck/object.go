package fsck

import (
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// object is what the pool has by a digest, and what is wanted of it.
type object struct {
	inode uint64 // 0 if it has none
	size  int64  // bytes, -1 if not known
	by    *layer // whose image says so, nil if the file itself does

	regular bool
	linked  bool // a layer has the file too
	sealed  bool // an image says that it is

	queued, sealQueued bool // for being read, and for its fs-verity being asked for
}

// object returns what the pool has by a digest, which is looked up once. sealed says that
// an image promises it to have fs-verity.
func (p *pool) object(d verity.Digest, sealed bool) object {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.lookup(d)
	o.sealed = o.sealed || sealed
	return *o
}

// want is object for a content of a layer, whose file has that inode. A size that is not
// known yet is taken from the layer's image, for hashing to tell whether it is right:
// asking for each file would take longer than to read a small one.
func (p *pool) want(k content, l *layer, sealed bool, inode uint64) object {
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

func (p *pool) lookup(d verity.Digest) *object {
	o := p.objects[d]
	if o == nil {
		o = &object{}
		p.stat(d, o)
		p.objects[d] = o
	}
	return o
}

// stat asks for an object's file.
func (p *pool) stat(d verity.Digest, o *object) (links uint64) {
	var st unix.Stat_t
	if p.reader != nil && unix.Fstatat(p.fd, objects.Path(d), &st, unix.AT_SYMLINK_NOFOLLOW) == nil {
		o.inode, o.size, o.by, o.regular = st.Ino, st.Size, nil, isRegular(&st)
		return uint64(st.Nlink) //nolint:unconvert // narrower on some architectures
	}
	o.inode = 0
	return 0
}

// addFile adds a file of a layer that is not the pool's.
func (p *pool) addFile(f file) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.extra = append(p.extra, f)
}

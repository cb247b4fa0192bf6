package erofs

import "fmt"

// table reads the shared xattrs of an image. Inodes refer to them in any order, so it keeps the
// pages it has read, and each entry that crosses pages.
type table struct {
	reader *reader
	pages  map[int64][]byte // by number
	across map[int64][]byte // entries, by offset
}

// view returns n bytes at an offset; they stay valid. It returns ErrCorrupt if they are beyond the
// image's end.
func (t *table) view(offset int64, n int) ([]byte, error) {
	size := t.reader.size
	if offset < 0 || offset > size || int64(n) > size-offset {
		return nil, fmt.Errorf("%w: %d bytes at %d are beyond its end at %d", ErrCorrupt, n, offset, size)
	}
	if b, ok := t.across[offset]; ok && n <= len(b) {
		return b[:n], nil
	}
	b, err := t.rest(offset)
	if err != nil || n <= len(b) {
		return b[:min(n, len(b))], err
	}
	if err := t.reader.spend(int64(n)); err != nil {
		return nil, err
	}
	entry := make([]byte, 0, n)
	for len(entry) < n {
		if b, err = t.rest(offset + int64(len(entry))); err != nil {
			return nil, err
		}
		entry = append(entry, b[:min(len(b), n-len(entry))]...)
	}
	t.across[offset] = entry
	return entry, nil
}

// rest returns the bytes of a page from an offset in the image to the page's end.
func (t *table) rest(offset int64) ([]byte, error) {
	number := offset / t.reader.least
	start := number * t.reader.least
	page, ok := t.pages[number]
	if !ok {
		page = make([]byte, min(t.reader.least, t.reader.size-start))
		if err := t.reader.readAt(page, start); err != nil {
			return nil, err
		}
		t.pages[number] = page
	}
	return page[offset-start:], nil
}

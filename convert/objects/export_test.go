package objects

import "time"

// SetFault makes the pool call fault before each step of a batch that may fail. Steps returns the
// names of the steps.
func (p *Pool) SetFault(fault func(step string) error) { p.fault = fault }

// SetSealing changes the option of an open pool.
func (p *Pool) SetSealing(s Sealing) { p.sealing = s }

// SetVerity replaces the kernel's part of sealing.
func (p *Pool) SetVerity(v fsVerity) { p.verity = v }

// SetSealPatience changes how long sealing waits for other processes until undo is called.
func SetSealPatience(d time.Duration) (undo func()) {
	was := sealPatience
	sealPatience = d
	return func() { sealPatience = was }
}

// Steps returns the names of all steps.
func Steps() []string {
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = string(s)
	}
	return names
}

// ImagesDir returns the directory of images.
func (p *Pool) ImagesDir() string { return p.images() }

// SetWritebackStep changes the number of bytes after which writeback starts until undo is called.
func SetWritebackStep(bytes int64) (undo func()) {
	was := writebackStep
	writebackStep = bytes
	return func() { writebackStep = was }
}

// Offered returns the number of objects that batches offer to their siblings.
func Offered() int {
	siblings.RLock()
	defer siblings.RUnlock()
	return len(siblings.by)
}

package objects

import "time"

// SetFault makes the pool ask fault before each step that may fail while a batch
// adds. Steps returns their names.
func (p *Pool) SetFault(fault func(step string) error) { p.fault = fault }

// SetVerity has something else than the kernel do what sealing needs.
func (p *Pool) SetVerity(v fsVerity) { p.verity = v }

// SetSealPatience changes how long sealing waits for others, and returns what undoes that.
func SetSealPatience(d time.Duration) (undo func()) {
	was := sealPatience
	sealPatience = d
	return func() { sealPatience = was }
}

// Steps returns the names of all steps that SetFault's function is asked about.
func Steps() []string {
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = string(s)
	}
	return names
}

// ImagesDir returns the directory of images.
func (p *Pool) ImagesDir() string { return p.images() }

// SetWritebackStep changes after how many bytes a batch brings them on disk, and returns
// what undoes that.
func SetWritebackStep(bytes int64) (undo func()) {
	was := writebackStep
	writebackStep = bytes
	return func() { writebackStep = was }
}

// Offered returns how many objects siblings are told of.
func Offered() int {
	siblings.RLock()
	defer siblings.RUnlock()
	return len(siblings.by)
}

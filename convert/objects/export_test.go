package objects

// SetFault makes the pool ask fault before each step that may fail while a batch
// adds. Steps returns their names.
func (p *Pool) SetFault(fault func(step string) error) { p.fault = fault }

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

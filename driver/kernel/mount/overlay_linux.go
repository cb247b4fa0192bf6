package mount

import (
	"errors"
	"os"
	"runtime"
)

// detachedOverlay is [Detached] with the abilities of k.
func (k kernel) detachedOverlay(p *Plan) (mnt *os.File, err error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(p) // holds the caller's files
	var s stack
	defer func() {
		if cerr := s.close(); cerr != nil {
			if mnt != nil {
				cerr = errors.Join(cerr, mnt.Close())
			}
			mnt, err = nil, errors.Join(err, cerr)
		}
	}()
	if err := s.open(k, p); err != nil {
		return nil, err
	}
	if !k.layerByLayer {
		return s.mountString(p)
	}
	c, err := newContext("overlay")
	if err != nil {
		return nil, err
	}
	defer c.Close() //nolint:errcheck // nothing is written
	if err := c.set(append(s.layerOptions(k), p.options()...)...); err != nil {
		return nil, err
	}
	return c.mount(p.Attrs)
}

// layerOptions returns the options that name layers. The kernel looks up each layer when the option
// is set.
func (s *stack) layerOptions(k kernel) []option {
	var options []option
	add := func(key string, f *os.File) {
		if f == nil {
			return
		}
		if k.layerFiles {
			options = append(options, option{key, f})
		} else {
			// A path may be longer than 255 bytes, and overlayfs removes backslashes from upperdir
			// and workdir.
			options = append(options, option{key, procPath(f)})
		}
	}
	for _, f := range s.lowers {
		add("lowerdir+", f)
	}
	for _, f := range s.data {
		add("datadir+", f)
	}
	add("upperdir", s.upper)
	add("workdir", s.work)
	return options
}

// options returns the options that do not name layers.
func (p *Plan) options() []option {
	options := []option{{"source", p.source()}}
	switch {
	case p.UserXattr:
		options = append(options, option{"userxattr", nil})
	case p.Metacopy:
		options = append(options, option{"metacopy", "on"}, option{"redirect_dir", "on"})
	default:
		options = append(options, option{"metacopy", "off"}, option{"redirect_dir", "on"})
	}
	// A read-only mount of one layer is one file system. Kernels log a warning about xino there.
	if p.Xino != XinoDefault && (p.Upper != "" || len(p.Lowers) > 1) {
		options = append(options, option{"xino", string(p.Xino)})
	}
	if p.Verity == VerityRequire {
		options = append(options, option{"verity", "require"})
	}
	if p.Volatile {
		options = append(options, option{"volatile", nil})
	}
	if p.Label != "" {
		options = append(options, option{"context", p.Label})
	}
	return options
}

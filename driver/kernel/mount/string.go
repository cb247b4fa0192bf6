package mount

import (
	"fmt"
	"strconv"
	"strings"
)

// String returns the plan on one line, for logs and tests:
//
//	composefs: lower=image:"/m.blob",dir:"/l/1" data="/objects" upper="/u" work="/w" ro,nodev volatile
//
// Paths are quoted, so that the line is unambiguous.
func (p *Plan) String() string {
	lowers := make([]string, len(p.Lowers))
	for i, l := range p.Lowers {
		lowers[i] = l.String()
	}
	words := []string{p.source() + ":", "lower=" + strings.Join(lowers, ",")}
	if len(p.Data) != 0 {
		data := make([]string, len(p.Data))
		for i, dir := range p.Data {
			data[i] = strconv.Quote(dir)
		}
		words = append(words, "data="+strings.Join(data, ","))
	}
	if p.Upper != "" {
		words = append(words, fmt.Sprintf("upper=%q work=%q", p.Upper, p.Work))
	}
	if p.Attrs != 0 {
		words = append(words, p.Attrs.String())
	}
	for _, w := range []struct {
		say  bool
		word string
	}{
		{p.Volatile, "volatile"},
		{p.Metacopy, "metacopy"},
		{p.UserXattr, "userxattr"},
		{p.Xino != XinoDefault, "xino=" + string(p.Xino)},
		{p.Verity == VerityRequire, "verity=require"},
		{p.Label != "", fmt.Sprintf("context=%q", p.Label)},
		{p.UserNS != nil, "idmapped"},
	} {
		if w.say {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " ")
}

func (p *Plan) source() string {
	if p.Source == "" {
		return DefaultSource
	}
	return p.Source
}

// String returns the kind and the quoted path of the layer.
func (l Layer) String() string {
	if l.Unmapped {
		l.Unmapped = false
		return "unmapped " + l.String()
	}
	switch {
	case l.Image != nil:
		return l.Image.String()
	case l.File != nil:
		return "open:" + strconv.Quote(l.File.Name())
	}
	return "dir:" + strconv.Quote(l.Dir)
}

// String returns "image:", the quoted path, and the other fields that are set.
func (i *Image) String() string {
	s := "image:" + strconv.Quote(i.name())
	if i.Backing != BackingAuto {
		s += "+" + i.Backing.String()
	}
	if i.Digest != nil {
		s += "+" + i.Digest.Algorithm().String() + ":" + i.Digest.String()
		if i.Hash != nil {
			s += "+hashed"
		}
	}
	return s
}

func (i *Image) name() string {
	if i.Path == "" && i.File != nil {
		return i.File.Name()
	}
	return i.Path
}

func (b Backing) String() string {
	return [...]string{"auto", "file", "loop"}[b]
}

// String returns the attributes as options of mount(8) with commas between them, or "rw" for none.
func (a Attrs) String() string {
	var words []string
	for _, n := range attrNames {
		if n.set != 0 && a&n.set != 0 {
			words = append(words, n.name)
		}
	}
	if len(words) == 0 {
		return "rw"
	}
	return strings.Join(words, ",")
}

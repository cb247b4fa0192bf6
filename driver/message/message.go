package message

import "strings"

// Rename returns err with other names in its text. oldnew are pairs of names, as for
// [strings.NewReplacer]. Rename makes the text at once, so that the caller may close the descriptors
// whose numbers are in it.
func Rename(err error, oldnew ...string) error {
	if err == nil {
		return nil
	}
	text := strings.NewReplacer(oldnew...).Replace(err.Error())
	if text == err.Error() {
		return err
	}
	return &renamed{err, text}
}

// renamed is an error with another text.
type renamed struct {
	error
	text string
}

func (r *renamed) Error() string { return r.text }

func (r *renamed) Unwrap() error { return r.error }

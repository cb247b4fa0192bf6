// Package message has errors tell users the names of files that they know, and which command
// repairs their store.
package message

import "strings"

// Rename returns an error that is err but for names in its text: pairs of names, as for
// [strings.NewReplacer]. The names of descriptors in it are looked for now, so that the
// error stays right when the descriptor is closed, and its number is given again.
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

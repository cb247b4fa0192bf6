package toc

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"unicode/utf8"
)

// Parsed returns a table of contents that containers/storage has parsed as JSON for [Read]. table
// is of an internal type of containers/storage (*minimal.TOC in pkg/chunked/internal). Its differ
// has compared the parsed table with the tar; parsing the text of the blob again could give another
// result. The table is encoded while it is read, to save memory. The caller closes the reader.
func Parsed(table any) (io.ReadCloser, error) {
	v := reflect.Indirect(reflect.ValueOf(table))
	if v.Kind() != reflect.Struct || v.FieldByName("Entries").Kind() != reflect.Slice {
		return nil, fmt.Errorf("table of contents of an unknown type %T", table)
	}
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(writeTable(w, v.FieldByName("Entries"))) }()
	return r, nil
}

func writeTable(w io.Writer, entries reflect.Value) error {
	if _, err := io.WriteString(w, `{"entries":[`); err != nil {
		return err
	}
	to := json.NewEncoder(w)
	for i := range entries.Len() {
		if i > 0 {
			if _, err := io.WriteString(w, ","); err != nil {
				return err
			}
		}
		e := entries.Index(i).Addr()
		if err := checkText(e.Elem()); err != nil {
			return err
		}
		if err := to.Encode(e.Interface()); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "]}")
	return err
}

// checkText checks that names are UTF-8. The parser of containers/storage accepts other names, in
// which encoding/json would replace bytes.
func checkText(e reflect.Value) error {
	names := []string{e.FieldByName("Name").String(), e.FieldByName("Linkname").String()}
	for _, x := range e.FieldByName("Xattrs").MapKeys() {
		names = append(names, x.String())
	}
	for _, name := range names {
		if !utf8.ValidString(name) {
			return fmt.Errorf("%q is not UTF-8", name)
		}
	}
	return nil
}

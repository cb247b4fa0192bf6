package chunked

import (
	"bufio"
	"io"
	"iter"
	"path"
	"path/filepath"
	"slices"
	"strings"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/chunked/internal/minimal"
	jsoniter "github.com/json-iterator/go"
	digest "github.com/opencontainers/go-digest"
	tsStorage "github.com/vbatts/tar-split/tar/storage"
)

// rawShare is which share of a zstd:chunked layer is left to partial download: with
// less than a tenth of the contents in the store, the blob is read as a whole.
const rawShare = 10

// RawTable gives what RawBlob's blob is known to be if it is zstd:chunked: what ApplyDiff
// returns of the table of contents, with files stored in the flat format, the entries of
// the tar-split, and the digests of the contents by the cleaned names that these have.
// That they are so is for the caller to check, and out's tar-split is for it to close.
// ok is false if the layer has no table, or has raw payloads. Otherwise the differ drops the
// table, because containers/image keeps the differ during the download, and nothing takes
// more memory.
func (c *chunkedDiffer) RawTable() (out graphdriver.DriverWithDifferOutput, split tsStorage.Unpacker, contents iter.Seq2[string, digest.Digest], ok bool, err error) {
	if c.convertToZstdChunked || c.rawPayloads() {
		return out, nil, nil, false, nil
	}
	format, err := jsoniter.ConfigCompatibleWithStandardLibrary.Marshal(chunkedLayerData{Format: graphdriver.DifferOutputFormatFlat})
	if err == nil {
		_, err = c.tarSplit.Seek(0, io.SeekStart)
	}
	if err != nil {
		return out, nil, nil, false, err
	}
	out.TarSplit, c.tarSplit = c.tarSplit, nil
	out.TOCDigest, out.Size = c.tocDigest, c.uncompressedTarSize
	out.BigData = map[string][]byte{rawManifestKey: c.manifest, chunkedLayerDataKey: format}
	in := bufio.NewReaderSize(out.TarSplit, 64<<10)
	contents = rawContents(c.toc.Entries)
	c.toc, c.manifest = nil, nil
	return out, rawSplit{jsoniter.ConfigCompatibleWithStandardLibrary.NewDecoder(in)}, contents, true, nil
}

// rawContents returns the digests of the contents of files by cleaned names.
func rawContents(entries []minimal.FileMetadata) iter.Seq2[string, digest.Digest] {
	return func(yield func(string, digest.Digest) bool) {
		for i := range entries {
			if e := &entries[i]; e.Type == TypeReg && e.Size != 0 && !yield(filepath.Clean(e.Name), digest.Digest(e.Digest)) {
				return
			}
		}
	}
}

// rawManifestKey is the name in the store of the manifest of a zstd:chunked layer. The constant in
// containers/storage has another name and package since 1.65.
const rawManifestKey = "zstd-chunked-manifest"

// rawSplit reads a tar-split that NewDiffer has read already, as other packages do, by
// encoding/json. That takes three times as long.
type rawSplit struct{ *jsoniter.Decoder }

func (s rawSplit) Next() (*tsStorage.Entry, error) {
	if !s.More() { // Decode knows no end after a newline
		return nil, io.EOF
	}
	e := new(tsStorage.Entry)
	return e, s.Decode(e)
}

// rawTable says whether a zstd:chunked layer is to be read as a whole: it can be checked
// then, and the store has next to nothing of it.
func (c *chunkedDiffer) rawTable() bool {
	if c.fileType != fileTypeZstdChunked || c.toc == nil || c.tarSplit == nil {
		return false
	}
	for _, repo := range c.pullOptions.ostreeRepos {
		if repo != "" {
			return false
		}
	}
	if c.rawPayloads() {
		return true
	}
	c.layersCache.mutex.RLock()
	fresh := len(c.layersCache.layers) == 0
	c.layersCache.mutex.RUnlock()
	var all, found int64
	for i := range c.toc.Entries {
		e := &c.toc.Entries[i]
		switch {
		case e.Type != TypeReg:
		case e.Size == 0 && e.Digest != digestSha256Empty:
			return false // files are looked up by digests, so these must be right
		case e.Size > 0:
			all += e.Size
			if !fresh {
				if _, name, _, err := c.layersCache.findDigestInternal(e.Digest); err != nil || name != "" {
					found += e.Size
				}
			}
		}
	}
	return found <= all/rawShare
}

// rawPayloads says whether the tar has whiteouts with a content, or a size in the header of
// what is not a file. The layer's tar-split takes them for files, so that nobody makes the tar
// again who has only the files: the driver has to write a tar-split of its own.
func (c *chunkedDiffer) rawPayloads() bool {
	return slices.ContainsFunc(c.toc.Entries, func(e minimal.FileMetadata) bool {
		switch e.Type {
		case TypeReg:
			return e.Size > 0 && strings.HasPrefix(path.Base(e.Name), archive.WhiteoutPrefix)
		case TypeChunk:
			return false
		}
		return e.Size > 0
	})
}

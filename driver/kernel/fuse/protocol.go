package fuse

import "encoding/binary"

// ne is the byte order of requests and answers, which is that of the machine.
var ne = binary.NativeEndian

// opcode is the kind of a request: enum fuse_opcode.
type opcode uint32

const (
	opLookup      opcode = 1
	opForget      opcode = 2
	opGetattr     opcode = 3
	opReadlink    opcode = 5
	opRead        opcode = 15
	opStatfs      opcode = 17
	opRelease     opcode = 18
	opGetxattr    opcode = 22
	opListxattr   opcode = 23
	opInit        opcode = 26
	opReaddir     opcode = 28
	opReleasedir  opcode = 29
	opInterrupt   opcode = 36
	opDestroy     opcode = 38
	opIoctl       opcode = 39
	opBatchForget opcode = 42
	opReaddirplus opcode = 44
)

// Versions of the protocol: fuse_init_in, fuse_init_out. Replies have the form of minor version 23 and newer.
const (
	major    = 7
	minorMin = 38 // Linux 6.2; a composefs overlay in a user namespace needs 6.16
	minorMax = 45 // Linux 6.18
)

// Flags of fuse_init_in and fuse_init_out, the second word of them from bit 32 on.
const (
	asyncRead         = 1 << 0
	bigWrites         = 1 << 5
	doReaddirplus     = 1 << 13
	noOpenSupport     = 1 << 17
	parallelDirops    = 1 << 18
	posixACL          = 1 << 20
	maxPages          = 1 << 22
	cacheSymlinks     = 1 << 23
	noOpendirSupport  = 1 << 24
	explicitInvalData = 1 << 25
	initExt           = 1 << 30
	hasResend         = 1 << 39
	allowIDMap        = 1 << 40
)

// notifyResend asks the kernel to send unanswered requests again: FUSE_NOTIFY_RESEND.
const notifyResend = 7

// Sizes of structures in bytes.
const (
	inHeaderSize  = 40  // fuse_in_header
	outHeaderSize = 16  // fuse_out_header
	initInSize    = 16  // fuse_init_in before minor version 36
	initOutSize   = 64  // fuse_init_out
	entryOutSize  = 128 // fuse_entry_out
	attrOutSize   = 104 // fuse_attr_out
	attrOffset    = 40  // of the attr in fuse_entry_out
	readInSize    = 40  // fuse_read_in
	xattrInSize   = 8   // fuse_getxattr_in
	xattrOutSize  = 8   // fuse_getxattr_out
	statfsOutSize = 80  // fuse_statfs_out
	direntSize    = 24  // fuse_dirent before the name
)

// rootID is the node id of the root: FUSE_ROOT_ID.
const rootID = 1

// inHeader is struct fuse_in_header.
type inHeader struct {
	size   uint32
	op     opcode
	unique uint64
	node   uint64
}

// parseHeader returns the header of a request and its body. ok is false if the request is shorter or longer than its
// header states.
func parseHeader(b []byte) (h inHeader, body []byte, ok bool) {
	if len(b) < inHeaderSize {
		return h, nil, false
	}
	h = inHeader{size: ne.Uint32(b), op: opcode(ne.Uint32(b[4:])), unique: ne.Uint64(b[8:]), node: ne.Uint64(b[16:])}
	return h, b[inHeaderSize:], int(h.size) == len(b)
}

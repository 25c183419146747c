// Verifies a log that was given out, with the Go project's own packages for signed notes and transparent logs:
// verify KEY DIR [OLDER-CHECKPOINT]; verify KEY PROOF LEAF
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	verifier := must(note.NewVerifier(os.Args[1]))
	if strings.HasSuffix(os.Args[2], ".tlog-proof") {
		proof(verifier, os.Args[2], os.Args[3])
		return
	}
	tree(verifier, os.Args[2], os.Args[3:])
}

// tree holds every tile and entry against the signed root, and that against older ones.
func tree(verifier note.Verifier, dir string, older []string) {
	head := checkpoint(verifier, must(os.ReadFile(filepath.Join(dir, "checkpoint"))))
	reader := tlog.TileHashReader(head, &tiles{dir})
	for first := int64(0); first < head.N; first += 256 {
		entries := bundle(dir, first/256, head.N)
		for n, entry := range entries {
			index := first + int64(n)
			stored := must(reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)}))
			if stored[0] != tlog.RecordHash(entry) {
				fail("entry %d is not in the tree", index)
			}
		}
	}
	for _, each := range older {
		old := checkpoint(verifier, must(os.ReadFile(each)))
		path := must(tlog.ProveTree(head.N, old.N, reader))
		check(tlog.CheckTree(path, head.N, head.Hash, old.N, old.Hash))
	}
	fmt.Printf("%d entries\n", head.N)
}

// proof holds a leaf against a tlog-proof.
func proof(verifier note.Verifier, file, leaf string) {
	text, rest, found := strings.Cut(string(must(os.ReadFile(file))), "\n\n")
	lines := strings.Split(text, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") {
		fail("this is no proof")
	}
	index := must(strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64))
	var path tlog.RecordProof
	for _, line := range lines[3:] {
		path = append(path, hash(line))
	}
	head := checkpoint(verifier, []byte(rest))
	check(tlog.CheckRecord(path, head.N, head.Hash, index, tlog.RecordHash(must(os.ReadFile(leaf)))))
	fmt.Printf("entry %d of %d\n", index, head.N)
}

func checkpoint(verifier note.Verifier, text []byte) tlog.Tree {
	opened := must(note.Open(text, note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		fail("another origin: %s", lines[0])
	}
	return tlog.Tree{N: must(strconv.ParseInt(lines[1], 10, 64)), Hash: hash(lines[2])}
}

func hash(line string) (found tlog.Hash) {
	if copy(found[:], must(base64.StdEncoding.DecodeString(line))) != tlog.HashSize {
		fail("a hash is too short")
	}
	return found
}

func bundle(dir string, n, size int64) (entries [][]byte) {
	width := int64(256)
	if size-n*256 < width {
		width = size - n*256
	}
	path := tlog.Tile{H: 8, L: -1, N: n, W: int(width)}.Path()
	content := bytes.NewBuffer(must(os.ReadFile(filepath.Join(dir, strings.Replace(path, "tile/8/data", "tile/entries", 1)))))
	for content.Len() > 0 {
		length := binary.BigEndian.Uint16(content.Next(2))
		entries = append(entries, append([]byte(nil), content.Next(int(length))...))
	}
	if int64(len(entries)) != width {
		fail("bundle %d has %d entries", n, len(entries))
	}
	return entries
}

// tiles reads them as C2SP lays them out: as the Go checksum database does, without the height in the path.
type tiles struct{ dir string }

func (t *tiles) Height() int { return 8 }

func (t *tiles) ReadTiles(wanted []tlog.Tile) (found [][]byte, err error) {
	for _, tile := range wanted {
		content, err := os.ReadFile(filepath.Join(t.dir, strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		found = append(found, content)
	}
	return found, nil
}

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(1)
}

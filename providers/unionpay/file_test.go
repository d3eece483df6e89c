package unionpay_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"maps"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// fileDay is a day of the last year, at whatever hour, and fileName its ZM file.
var (
	fileDay  = time.Now().In(shanghai).AddDate(0, 0, -40)
	fileName = "INN" + fileDay.Format("060102") + "88ZM_" + mer
	fileTime = fileDay.Format("0102") + "100203"
)

var widths = []int{
	3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32,
	13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98,
}

var errorWidths = []int{3, 11, 11, 6, 10, 19, 12, 4, 2, 2, 6, 10, 4, 12, 13, 13, 15, 15, 1, 12, 2, 135}

// columns are the values of a row by the numbers of their columns, from 1.
type columns map[int]string

func (c columns) with(more columns) columns {
	all := maps.Clone(c)
	maps.Copy(all, more)
	return all
}

// row writes columns in GBK, each padded to its width.
func (c columns) row(widths []int) string {
	var out strings.Builder
	for i, width := range widths {
		if i > 0 {
			out.WriteByte(' ')
		}
		text, err := simplifiedchinese.GBK.NewEncoder().String(c[i+1])
		if err != nil {
			panic(err)
		}
		out.WriteString(text + strings.Repeat(" ", width-len(text)))
	}
	return out.String() + "\r\n"
}

var capture = columns{
	1: "S22", 2: "01040000", 4: "123456", 5: fileTime, 6: "6216***********0018", 7: "000000012900", 9: "07",
	10: queryID, 12: number, 13: "02", 16: "D000000000071", 17: "C000000012829", 18: "0001", 20: "01", 21: "01",
	22: "000201", 28: mer, 31: "测试商户啊", 35: "wap", 36: "C000000000100",
}

var giveBack = capture.with(columns{
	1: "S30", 5: fileDay.Format("0102") + "110503", 7: "000000000900", 10: "212501011105001234567", 12: refundNo,
	16: "C000000000005", 17: "D000000000895", 20: "04", 21: "00", 27: queryID, 35: number,
})

// rows is a ZM file of these.
func rows(all ...columns) string {
	var file strings.Builder
	for _, c := range all {
		file.WriteString(c.row(widths))
	}
	return file.String()
}

// archive packs files by name.
func archive(files map[string]string) []byte {
	var packed bytes.Buffer
	writer := zip.NewWriter(&packed)
	for name, text := range files {
		entry, err := writer.Create(name)
		if err == nil {
			_, err = entry.Write([]byte(text))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}
	return packed.Bytes()
}

// content is an archive as it travels.
func content(archive []byte) string {
	var packed bytes.Buffer
	writer := zlib.NewWriter(&packed)
	_, _ = writer.Write(archive)
	_ = writer.Close()
	return base64.StdEncoding.EncodeToString(packed.Bytes())
}

// filed is the answer that brings an archive.
func filed(packed []byte) form {
	return form{
		"respCode": "00", "settleDate": fileDay.Format("0102"), "fileType": "00",
		"fileName": mer + "_" + fileDay.Format("20060102") + ".zip", "fileContent": content(packed),
	}
}

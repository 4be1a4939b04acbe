using System.Text;
using Cnn.Engine.Classification;
using Cnn.Layers.Data.Windows;
using Cnn.Proto.Formats.ImageSets;
using Cnn.Runner.DataSets.Boxes;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Readers of lists, labels and annotations.</summary>
internal static class ListReaders
{
    /// <summary>The readers.</summary>
    public static IReadOnlyList<FuzzReader> All { get; } =
    [
        Reader(
            "image-list",
            "input.txt",
            path => ImageList.Read(path),
            "a.jpg 1\nfolder/b c.png 0\r\n\nx 2147483647\n",
            "\uFEFFa 3"),
        Reader("word-list", "input.txt", path => WordList.Read(path, 2, "two words"), "a b\n\tc  d e\n", "one two"),
        Reader("labels", "input.txt", path => ClassLabels.Read(path), "n01 cat\nn02 dog, hound\n\n", "é\r\n"),
        Reader(
            "class-names",
            "input.prototxt",
            path => _ = ClassNames.Read(path).ByLabel.Count,
            "background\ncat\ndog\n",
            "item { name: \"cat\" label: 8 display_name: 'c' }\nitem: { label: 0 name: 'none' }"),
        Reader(
            "windows",
            "input.txt",
            path => WindowList.Read(path),
            "# 0\na.jpg\n3\n10\n20\n2\n1 0.7 0 0 9 9\n0 0.1 2 3 4 5\n# 1\nb.jpg 3 5 5 0\n"),
        Reader(
            "coco",
            "input.json",
            path => CocoFile.Read(path, Path.GetDirectoryName(path)!, null),
            """
            {"images":[{"id":1,"file_name":"a.jpg","width":10,"height":20}],"categories":[{"id":7,"name":"cat"}],
            "annotations":[{"image_id":1,"category_id":7,"bbox":[1,2.5,3e0,4],"iscrowd":0},
            {"image_id":1,"category_id":7,"bbox":[0,0,1,1],"iscrowd":true}]}
            """) with
        {
            Words =
            [
                "\"\\ud800\"", "\"images\"", "\"id\"", "\"bbox\"", "\"name\"", "1e400",
                "null", "true", "[", "]", "{", "}",
            ],
        },
        Reader(
            "voc",
            "input.xml",
            path => VocFolder.Read(Path.GetDirectoryName(path)!, null, CancellationToken.None),
            """
            <?xml version="1.0" encoding="utf-8"?><!-- c --><annotation><filename>a.jpg</filename>
            <size><width>10</width><height>2e1</height></size>
            <object><name>cat</name><difficult>1</difficult>
            <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3.5</xmax><ymax>4</ymax></bndbox></object>
            <object><name>dog &amp; &#x41;</name>
            <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>
            """) with
        {
            Words =
            [
                "<object>", "</object>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&b;", "&#xD800;", "<![CDATA[", "]]>",
                "xmlns:a=\"b\"",
                "<a:b/>",
                "encoding=\"utf-16\"", "encoding=\"x\"", "<?p i?>", "\0", "<filename>..\0/</filename>",
            ],
        },
    ];

    private static FuzzReader Reader(string name, string file, Action<string> read, params string[] seeds) => new()
    {
        Name = name,
        FileName = file,
        IsText = true,
        Seeds = _ => seeds.Select(Encoding.UTF8.GetBytes),
        Read = read,
        Words =
        [
            "\n", "\r\n", "\t", " ", "\0", "\uFEFF", "#", "# 0", "-1", "\u2028", "a b 1", "item {",
            "name: ", "label: ", "\"", "'",
        ],
    };
}

using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Tests.Layers.Data;
using Cnn.Tests.Runner.DataSets;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class DataBoxesCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AVocFolderBecomesADatabaseThatTheLayerReads(bool isEncoded)
    {
        WriteVoc();
        CommandLine run = Run("--from", folder["voc/Annotations"], "--encoded", isEncoded ? "true" : "false");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal($"Wrote {folder["db"]} (2 images)", run.Output.TrimEnd());
        Assert.Equal("background\ncat\ndog\n", File.ReadAllText(folder["db/labels.txt"]));
        using (LmdbReader records = LmdbReader.Open(folder["db"]))
        {
            Assert.Equal("00000000_a.png"u8, records.Key(0));
            AnnotatedDatum first = AnnotatedDatum.Parser.ParseFrom(records.Value(0).ToArray());
            Assert.Equal(isEncoded, first.Datum.Encoded);
            byte[] bytes = isEncoded
                ? File.ReadAllBytes(folder["voc/JPEGImages/a.png"])
                : TestImages.Image(1, 3, 8, 16).Pixels.ToArray();
            Assert.Equal(bytes, first.Datum.Data.ToByteArray());
        }

        LayerParameter parameter = TextFormat.Parse<LayerParameter>(
            $"data_param {{ source: '{folder["db"]}' backend: LMDB batch_size: 2 }}", "layer");
        using var data = new DataRun(context => new AnnotatedDataLayer(context), parameter);
        data.Pass(0);
        Assert.Equal([2, 3, 8, 16], data.Tops[0].Shape);
        Assert.Equal(
            [0, 2, 0, 0.125f, 0.25f, 0.5f, 1, 1, 0, 2, 1, 0, 0, 0.5f, 0.5f, 0, 0, 1, 0, 0.25f, 0, 0.75f, 1, 0],
            data.Labels);
        Assert.Equal(TestImages.Image(1, 3, 8, 16).Pixels.ToArray().Select(p => (float)p), data.Images.Take(384));
    }

    [Fact]
    public void ACocoFileBecomesADatabase()
    {
        TestImages.Write(folder["images/one.png"], TestImages.Image(1, 3, 10, 20));
        TestImages.Write(folder["images/two.png"], TestImages.Image(2, 3, 10, 20));
        File.WriteAllText(folder["coco.json"], """
            {"images": [{"id": 7, "file_name": "one.png", "width": 20, "height": 10},
                        {"id": 9, "file_name": "two.png"}, {"id": 11, "file_name": "three.png"}],
             "categories": [{"id": 90, "name": "dog"}, {"id": 3, "name": "cat"}],
             "annotations": [{"image_id": 9, "category_id": 90, "bbox": [5, 5, 10, 2.5], "iscrowd": 1},
                             {"image_id": 9, "category_id": 3, "bbox": [0, 0, 20, 10]}]}
            """);
        CommandLine run = Run("--from", folder["images"], "--coco", folder["coco.json"], "--resize", "6x4");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal($"Wrote {folder["db"]} (2 images, 1 skipped)", run.Output.TrimEnd());
        Assert.Contains("image 2 ('three.png') is skipped: ", run.Error, StringComparison.Ordinal);
        Assert.Equal("background\ncat\ndog\n", File.ReadAllText(folder["db/labels.txt"]));
        using LmdbReader records = LmdbReader.Open(folder["db"]);
        AnnotatedDatum second = AnnotatedDatum.Parser.ParseFrom(records.Value(1).ToArray());
        Assert.Equal([2, 1], second.AnnotationGroup.Select(group => group.GroupLabel));
        NormalizedBBox box = second.AnnotationGroup[0].Annotation[0].Bbox;
        Assert.Equal((0.25f, 0.5f, 0.75f, 0.75f, true), (box.Xmin, box.Ymin, box.Xmax, box.Ymax, box.Difficult));
    }

    [Theory]
    [InlineData("dog\ncat\n", 1, 2)]
    [InlineData("background\nbird\ncat\ndog\n", 3, 2)]
    [InlineData(
        "item {\n  name: \"none\"\n  label: 0\n}\nitem { name: 'dog' label: 12 display_name: 'a dog' }\n"
        + "item { label: 8 name: 'cat' }",
        12,
        8)]
    public void LabelsComeFromAFile(string labels, int dog, int cat)
    {
        WriteVoc();
        File.WriteAllText(folder["labels"], labels);
        CommandLine run = Run("--from", folder["voc"], "--labels", folder["labels"], "--threads", "3");

        Assert.True(run.ExitCode == 0, run.Error);
        using LmdbReader records = LmdbReader.Open(folder["db"]);
        Assert.Equal(
            [dog, cat],
            AnnotatedDatum.Parser.ParseFrom(records.Value(0).ToArray()).AnnotationGroup.Select(g => g.GroupLabel));
        string[] names = File.ReadAllLines(folder["db/labels.txt"]);
        Assert.Equal(("dog", "cat"), (names[dog], names[cat]));
    }

    [Fact]
    public void MistakesAreLocated()
    {
        WriteVoc();
        File.WriteAllText(folder["labels"], "dog");
        Expect("a.xml:5:12: the class 'cat' is not among the labels", "--labels", folder["labels"]);
        File.WriteAllText(folder["labels"], "dog\ncat\ndog");
        Expect("labels:3:1: the class 'dog' is named twice", "--labels", folder["labels"]);
        File.WriteAllText(folder["voc/Annotations/a.xml"], "<annotation>\n<object></annotation>");
        Expect("a.xml:2:");
        File.WriteAllText(
            folder["voc/Annotations/a.xml"],
            "<annotation>\n<object><name>cat</name><bndbox><xmin>x</xmin></bndbox></object></annotation>");
        Expect("the box has no xmin");
        File.WriteAllText(
            folder["voc/Annotations/a.xml"], "<!DOCTYPE a [<!ENTITY b 'c'>]><annotation>&b;</annotation>");
        Expect("it is no XML");
        Directory.CreateDirectory(folder["none"]);
        CommandLine run = Run("--from", folder["none"]);
        Assert.Contains("holds no annotations", run.Error, StringComparison.Ordinal);
        File.WriteAllText(folder["coco.json"], "{\n\"images\": [}");
        run = Run("--from", folder["none"], "--coco", folder["coco.json"]);
        Assert.Contains("coco.json:2:", run.Error, StringComparison.Ordinal);
        File.WriteAllText(folder["coco.json"], "{\"categories\": [], \"images\": [{\"id\": 1}]}");
        run = Run("--from", folder["none"], "--coco", folder["coco.json"]);
        Assert.Contains("images[0] of '", run.Error, StringComparison.Ordinal);
        Assert.Contains("has no file_name", run.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder["db"]));

        void Expect(string expected, params string[] options)
        {
            CommandLine mistaken = Run(["--from", folder["voc"], .. options]);
            Assert.Equal(1, mistaken.ExitCode);
            Assert.Contains(expected, mistaken.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AnImageOfAnotherSizeThanItsAnnotationSaysIsSkipped()
    {
        WriteVoc();
        TestImages.Write(folder["voc/JPEGImages/a.png"], TestImages.Image(1, 3, 8, 17));
        CommandLine run = Run("--from", folder["voc"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("is skipped: it is 17 x 8, its annotation says 16 x 8", run.Error, StringComparison.Ordinal);
        Assert.Contains("(1 images, 1 skipped)", run.Output, StringComparison.Ordinal);
    }

    private void WriteVoc()
    {
        TestImages.Write(folder["voc/JPEGImages/a.png"], TestImages.Image(1, 3, 8, 16));
        TestImages.Write(folder["voc/JPEGImages/b.png"], TestImages.Image(2, 3, 8, 16));
        Directory.CreateDirectory(folder["voc/Annotations"]);
        File.WriteAllText(folder["voc/Annotations/a.xml"], """
            <annotation><folder>VOC2007</folder><filename>a.png</filename>
            <size><width>16</width><height>8</height><depth>3</depth></size>
            <object><name>dog</name><difficult>1</difficult><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>8</xmax>
            <ymax>8</ymax></bndbox></object>
              <object><name>cat</name><bndbox><ymin>0</ymin><xmin>4</xmin><xmax>12</xmax><ymax>8</ymax></bndbox>
            </object><object><name>dog</name><difficult>0</difficult>
            <bndbox><xmin>0</xmin><ymin>0.0</ymin><xmax>8</xmax><ymax>4</ymax></bndbox></object></annotation>
            """);
        File.WriteAllText(
            folder["voc/Annotations/b.xml"],
            "<annotation><filename>b.png</filename></annotation>");
    }

    private CommandLine Run(params string[] options)
    {
        if (Directory.Exists(folder["db"]))
        {
            Directory.Delete(folder["db"], recursive: true);
        }

        return CommandLine.Run(["data", "boxes", "--to", folder["db"], .. options]);
    }
}

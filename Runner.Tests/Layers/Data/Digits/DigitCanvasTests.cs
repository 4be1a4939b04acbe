using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Digits;
using Cnn.Proto;
using Cnn.Runner.DataSets;
using Cnn.Runner.DataSets.Boxes;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Layers.Data.Digits;

[Trait("Category", "Unit")]
public sealed class DigitCanvasTests
{
    private static readonly DigitCanvasParameter Usual = new();

    [Fact]
    public void AnImageIsAFunctionOfSeedAndIndex()
    {
        DigitCanvas one = new(Usual, 3), other = new(Usual, 3), third = new(Usual, 4);
        one.Draw(5);
        byte[] pixels = one.Image.Pixels.ToArray(), classes = one.Classes.ToArray();
        LabelledBox[] objects = [.. one.Objects];
        other.Draw(1);
        Assert.NotEqual(pixels, other.Image.Pixels.ToArray());
        other.Draw(5);
        third.Draw(5);
        Assert.Equal(pixels, other.Image.Pixels.ToArray());
        Assert.Equal(classes, other.Classes.ToArray());
        Assert.Equal(objects, other.Objects);
        Assert.NotEqual(pixels, third.Image.Pixels.ToArray());
        Assert.Equal(0, Allocations.OnThisThread(() => other.Draw(5)));
    }

    [Fact]
    public void DigitsAreAsManyAndAsLargeAsTheOptionsSayAndTouchNone()
    {
        var canvas = new DigitCanvas(
            new DigitCanvasParameter
            {
                Height = 80, Width = 120, MinDigits = 2, MaxDigits = 4, MinSize = 20, MaxSize = 30,
            },
            1);
        var counts = new HashSet<int>();
        var labels = new HashSet<int>();
        for (ulong i = 0; i < 200; i++)
        {
            canvas.Draw(i);
            counts.Add(canvas.Objects.Count);
            labels.UnionWith(canvas.Objects.Select(o => o.Group));
            foreach (LabelledBox item in canvas.Objects)
            {
                Assert.Equal(item.Box, item.Box.Clip());
                Assert.InRange(
                    Math.Max((item.Box.XMax - item.Box.XMin) * 120, (item.Box.YMax - item.Box.YMin) * 80), 16, 34);
                Assert.DoesNotContain(canvas.Objects, o => o != item && o.Box.Jaccard(item.Box) > 0);
            }
        }

        Assert.Superset(new HashSet<int> { 2, 3, 4 }, counts);
        Assert.InRange(counts.Max(), 4, 4);
        Assert.Equal(Enumerable.Range(1, 10), labels.Order());
    }

    // Ink is brighter than the paper, and each class lies in boxes of its own alone.
    [Fact]
    public void ClassesAreWhereTheInkIs()
    {
        var canvas = new DigitCanvas(Usual, 1);
        for (ulong i = 0; i < 20; i++)
        {
            canvas.Draw(i);
            byte paper = canvas.Image.Pixels.ToArray().Min();
            for (int at = 0; at < canvas.Classes.Length; at++)
            {
                float x = ((at % 96) + 0.5f) / 96, y = ((at / 96) + 0.5f) / 96;
                LabelledBox? around = canvas.Objects.Cast<LabelledBox?>().FirstOrDefault(o => IsIn(o!.Value.Box, x, y));
                int label = canvas.Classes[at];
                Assert.True(label == 0 || (label == around?.Group && canvas.Image.Pixels[at] > paper + 20));
            }

            Assert.All(canvas.Objects, o => Assert.Contains((byte)o.Group, canvas.Classes.ToArray()));
        }

        static bool IsIn(Box box, float x, float y) => x > box.XMin && x < box.XMax && y > box.YMin && y < box.YMax;
    }

    [Fact]
    public void FilesHoldTheStreamAndBecomeADatabase()
    {
        using var folder = new TemporaryFolder();
        string to = folder["scattered"];
        CommandLine run = CommandLine.Run(
            "data", "digits", "--to", to, "--count", "3", "--canvas", "120x80", "--seed", "2", "--first", "7");
        Assert.Equal((0, $"Wrote {to}\n"), (run.ExitCode, run.Output));

        BoxedSet set = BoxSetConverter.ReadVoc(to, null, TestContext.Current.CancellationToken);
        Assert.Equal(3, set.Images.Count);
        var canvas = new DigitCanvas(
            new DigitCanvasParameter { Height = 80, Width = 120, MinSize = 13, MaxSize = 40 }, 2);
        canvas.Draw(8);
        BoxedImage image = set.Images[1];
        Assert.Equal((120, 80), (image.Width, image.Height));
        Assert.Equal(
            canvas.Objects.Select(o => (o.Box.XMin, o.Box.YMax)),
            image.Objects.Select(o => (o.XMin / 120, o.YMax / 80)));
        Assert.Contains(
            "exists already",
            CommandLine.Run("data", "digits", "--to", to, "--count", "1", "--canvas", "96x96").Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cannot write 0 images", 0, 96, 96)]
    [InlineData("digits cannot be scattered over 40x96 pixels", 1, 96, 40)]
    [InlineData("digits cannot be scattered over 96x5000 pixels", 1, 5000, 96)]
    public void ImpossibleFilesAreRefused(string expected, int count, int height, int width)
    {
        using var folder = new TemporaryFolder();
        var exception = Assert.Throws<CnnException>(() => CanvasExporter.Write(
            folder["x"], count, height, width, cancel: TestContext.Current.CancellationToken));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--canvas is '96', it must be columns and rows", "--canvas", "96")]
    [InlineData("--canvas writes image files", "--canvas", "96x96", "--format", "idx")]
    public void TheOptionIsASizeAlone(string expected, params string[] options)
    {
        CommandLine run = CommandLine.Run(["data", "digits", "--to", "nowhere", .. options]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }
}

using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class VideoDataLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void ClipsAreFramesOneBehindAnother(int prefetch)
    {
        WriteClip("a", 6);
        WriteClip("b", 6);
        folder.Write("list.txt", "a 1 3\nb 2 7\n");
        using DataRun run = Run($"new_length: 3 sampling_rate: 2 batch_size: 2 prefetch: {prefetch}", "");
        run.Pass(0);
        Assert.Equal([2, 3, 3, 4, 6], run.Tops[0].Shape.ToArray());
        Assert.Equal([3, 7], run.Labels);
        float[][] frames =
            [Frame("a", 1), Frame("a", 3), Frame("a", 5), Frame("b", 2), Frame("b", 4), Frame("b", 6)];
        for (int i = 0; i < run.Images.Length; i++)
        {
            int clip = i / 216, c = i / 72 % 3, frame = i / 24 % 3, at = i % 24;
            Assert.Equal(frames[(clip * 3) + frame][(c * 24) + at], run.Images[i]);
        }
    }

    [Fact]
    public void TheCropAndTheFlipAreThoseOfAllFrames()
    {
        WriteClip("a", 2, isStill: true);
        folder.Write("list.txt", "a 1 0\n");
        using DataRun run = Run("new_length: 2 batch_size: 1", "crop_size: 3 mirror: true mean_value: 5 scale: 2");
        var seen = new HashSet<string>();
        for (int pass = 0; pass < 20; pass++)
        {
            run.Pass(pass);
            Assert.Equal([1, 3, 2, 3, 3], run.Tops[0].Shape.ToArray());
            Assert.Equal(run.Images[..9], run.Images[9..18]);
            Assert.Contains((run.Images[0] / 2) + 5, Frame("a", 1));
            seen.Add(string.Join(' ', run.Images));
        }

        Assert.True(seen.Count > 8);
    }

    [Fact]
    public void JitterBeginsAnywhereThatLeavesEnoughFrames()
    {
        WriteClip("a", 5);
        folder.Write("list.txt", "a 5 0\n");
        using DataRun run = Run("new_length: 2 batch_size: 1 use_temporal_jitter: true", "");
        var starts = new HashSet<int>();
        for (int pass = 0; pass < 40; pass++)
        {
            run.Pass(pass);
            starts.Add(Enumerable.Range(1, 5).Single(f => Frame("a", f)[..24].AsSpan()
                .SequenceEqual(run.Images.AsSpan(0, 24))));
        }

        Assert.Equal([1, 2, 3, 4], starts.Order());
        folder.Write("list.txt", "a 1 0\n");
        using DataRun few = Run("new_length: 2 batch_size: 1 use_temporal_jitter: true new_height: 4 new_width: 6", "");
        Assert.Contains("it has 1 frames, too few", Assert.Throws<CnnException>(() => few.Pass(0)).Message);
    }

    [Fact]
    public void TheMeanOfClipsIsTakenOff()
    {
        WriteClip("a", 2);
        folder.Write("list.txt", "a 1 0\n");
        float[] values = [.. Enumerable.Range(0, 144).Select(i => i % 17f)];
        string current = folder["mean.binaryproto"], old = folder["old.binaryproto"];
        ProtoFile.Save(
            new BlobProto { Shape = new BlobShape { Dim = { 1, 3, 2, 4, 6 } }, Data = { values } }, current);

        // C3D 1.0's fields: length, height, width, values, in the numbers of height, width, values and gradients.
        using (var stream = File.Create(old))
        {
            var output = new CodedOutputStream(stream);
            foreach (var (field, number) in ((int, int)[])[(1, 1), (2, 3), (3, 2), (4, 4), (5, 6)])
            {
                output.WriteTag(field, WireFormat.WireType.Varint);
                output.WriteInt32(number);
            }

            output.Flush();
            new BlobProto { Diff = { values } }.WriteTo(stream);
        }

        using DataRun plain = Run("new_length: 2 batch_size: 1", "");
        plain.Pass(0);
        foreach (string mean in (string[])[current, old])
        {
            using DataRun run = Run("new_length: 2 batch_size: 1", $"mean_file: '{mean}'");
            run.Pass(0);
            Assert.Equal(plain.Images.Zip(values, (a, b) => a - b), run.Images);
        }

        Assert.Contains(
            "the mean in",
            Assert.Throws<CnnException>(() => Run("new_length: 1 batch_size: 1", $"mean_file: '{current}'").Pass(0))
                .Message);
    }

    [Fact]
    public void OldNetsHaveTheirOptionsInImageDataParam()
    {
        WriteClip("a", 3);
        folder.Write("list.txt", "a 2 9\n");
        NetDefinition net = NetDefinition.Parse(
            $"layers {{ name: 'data' type: VIDEO_DATA top: 'data' top: 'label' image_data_param {{ "
            + $"source: '{folder["list.txt"]}' use_image: true new_length: 2 crop_size: 2 mirror: true batch_size: 1 "
            + "show_data: 0 mean_value: 128 } }",
            "n");
        LayerParameter layer = net.Message.Layer[0];
        Assert.Equal("VideoData", layer.Type);
        Assert.Equal(2u, layer.TransformParam.CropSize);
        layer.ImageDataParam.RootFolder = folder.Path + "/";
        using var run = new DataRun(context => new VideoDataLayer(context), layer);
        run.Pass(0);
        Assert.Equal([1, 3, 2, 2, 2], run.Tops[0].Shape.ToArray());
        Assert.Equal([9], run.Labels);
        Assert.Contains(run.Images[0] + 128, Frame("a", 2));
    }

    [Theory]
    [InlineData("new_length: 0", "", "new_length is 0")]
    [InlineData("new_length: 2 use_image: false", "", "video files are not read")]
    [InlineData("new_length: 2 new_height: 3", "", "new_height is 3 and new_width 0")]
    [InlineData("new_length: 2 sampling_rate: 0", "", "sampling_rate is 0")]
    [InlineData("new_length: 2", "pad: 1", "clips have the crop, mirror, scale and mean alone")]
    [InlineData("new_length: 2", "", "1 of 1 folders are not there, such as ")]
    public void AWrongDefinitionIsExplained(string options, string transform, string expected)
    {
        folder.Write("list.txt", "nowhere 1 0\n");
        CnnException error = Assert.Throws<CnnException>(() => Run(options + " batch_size: 1", transform));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private void WriteClip(string name, int frames, bool isStill = false)
    {
        for (int i = 1; i <= frames; i++)
        {
            ImageFiles.Write(folder[$"{name}/{i:D6}.jpg"], isStill ? 1 : (name[0] * 100) + i, 3, 4, 6);
        }
    }

    private float[] Frame(string name, int number)
    {
        using var decoder = new ImageDecoder();
        var image = new PlanarImage();
        decoder.Decode(File.ReadAllBytes(folder[$"{name}/{number:D6}.jpg"]), ImageColor.Colour, image);
        return ImageFiles.Floats(image);
    }

    private DataRun Run(string options, string transform)
    {
        bool saysImage = options.Contains("use_image", StringComparison.Ordinal);
        return new DataRun(
            context => new VideoDataLayer(context),
            TextFormat.Parse<LayerParameter>(
                $"phase: TRAIN transform_param {{ {transform} }} video_data_param {{ source: '{folder["list.txt"]}' "
                + $"root_folder: '{folder.Path}/' {options} {(saysImage ? "" : "use_image: true")} }}",
                "layer"));
    }
}

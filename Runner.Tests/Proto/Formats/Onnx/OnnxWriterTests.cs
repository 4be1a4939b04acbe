using Cnn.Proto.Formats.Onnx;
using DataLocation = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataLocation;

namespace Cnn.Tests.Proto.Formats.Onnx;

[Trait("Category", "Unit")]
public sealed class OnnxWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder["net.onnx"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ValuesAreInTheModelWhereItMayHoldThem()
    {
        OnnxWriter.Write(Path, Model(), [Weight("a", 300), Weight("b", 2)]);

        Assert.False(File.Exists(OnnxWriter.DataPath(Path)));
        AssertReads(("a", 300), ("b", 2));
        Assert.All(Initializers(), t => Assert.Equal(DataLocation.Default, t.DataLocation));
    }

    // Each starts at a multiple of 65,536; those of less than 1,024 bytes stay in the model.
    [Fact]
    public void LargeArraysGoToAFileBesideIt()
    {
        OnnxWriter.Write(
            Path, Model(), [Weight("a", 300), Weight("b", 255), Weight("c", 20_000), Weight("d", 256)], true);

        AssertReads(("a", 300), ("b", 255), ("c", 20_000), ("d", 256));
        Assert.Equal(
            ["net.onnx.data 0 1200", "", "net.onnx.data 65536 80000", "net.onnx.data 196608 1024"],
            Initializers().Select(t => string.Join(' ', t.ExternalData.Select(e => e.Value))));
        byte[] data = File.ReadAllBytes(OnnxWriter.DataPath(Path));
        Assert.Equal(196_608 + 1024, data.Length);
        Assert.Equal(new byte[65_536 - 1200], data[1200..65_536]);
    }

    [Fact]
    public void ValuesThatOneMessageCannotHoldGoToAFileBesideIt()
    {
        // The name of a weight is in no message yet.
        long size = 1200 + Model().CalculateSize();
        OnnxWriter.Write(Path, Model(), [Weight("a", 300)], largest: size);
        Assert.False(File.Exists(OnnxWriter.DataPath(Path)));
        OnnxWriter.Write(Path, Model(), [Weight("a", 300)], largest: size - 1);
        Assert.True(File.Exists(OnnxWriter.DataPath(Path)));
        AssertReads(("a", 300));
    }

    private static ModelProto Model() => new() { IrVersion = 8, Graph = new GraphProto { Name = "net" } };

    private static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 0.5f) + count)];

    private static OnnxWeight Weight(string name, int count) => new(name, [count], () => Values(count));

    private IEnumerable<TensorProto> Initializers() =>
        ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path)).Graph.Initializer;

    private void AssertReads(params (string Name, int Count)[] weights)
    {
        using OnnxModel model = OnnxReader.Read(Path);
        Assert.Equal(weights.Select(w => w.Name), model.Initializers.Select(t => t.Name));
        Assert.All(model.Initializers.Zip(weights), pair =>
            Assert.Equal(Values(pair.Second.Count), pair.First.Floats()));
    }
}

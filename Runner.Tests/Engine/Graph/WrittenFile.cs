using Cnn.Proto;
using Cnn.Proto.Formats.Hdf5;

namespace Cnn.Tests.Engine.Graph;

/// <summary>
/// The file that a case's net writes, redirected to its own folder, and compared with the one that Caffe wrote.
/// </summary>
internal sealed class WrittenFile : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly GoldenCase golden;

    public WrittenFile(GoldenCase golden)
    {
        this.golden = golden;
        foreach (LayerParameter layer in golden.Definition.Message.Layer)
        {
            if (layer.Hdf5OutputParam is { } output)
            {
                output.FileName = folder[output.FileName];
            }
        }
    }

    public void RequireExpected()
    {
        if (golden.ExpectedFile is not var (written, expected))
        {
            return;
        }

        using var actual = new Hdf5Arrays(folder[written]);
        using var caffes = new Hdf5Arrays(golden.PathOf(expected));
        foreach (string name in new[] { "data", "label" })
        {
            Assert.Equal(caffes.Shape(name), actual.Shape(name));
            GoldenCase.RequireClose(name, caffes.Read(name), actual.Read(name), golden.Tolerance);
        }
    }

    public void Dispose() => folder.Dispose();
}

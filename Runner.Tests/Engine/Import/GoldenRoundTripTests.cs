using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using Cnn.Tests.Engine.Export;
using Cnn.Tests.Engine.Graph;

namespace Cnn.Tests.Engine.Import;

/// <summary>
/// The golden cases to ONNX and back: what the export writes, the import reads, and it computes the same.
/// </summary>
[Trait("Category", "Golden")]
public sealed class GoldenRoundTripTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> Cases => GoldenOnnxTests.Cases;

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void ACaseComesBack(string name, string path)
    {
        var golden = new GoldenCase(path);
        using var pool = new WorkerPool(1);
        using var written = new WrittenFile(golden);
        using Net net = Net.Build(golden.Definition, new NetOptions
        {
            Phase = Phase.Test, Level = golden.Level, Stages = golden.Stages, Pool = pool,
        });
        if (golden.Weights is { } weights)
        {
            net.CopyWeightsFrom(weights);
        }

        golden.Apply(net, diffs: false, mayLack: true);
        Dictionary<string, float[]> given = net.Inputs.ToDictionary(i => i, i => net.FindBlob(i).Data.ToArray());
        net.Forward();
        OnnxExport export;
        try
        {
            export = OnnxExporter.Export(net, new OnnxOptions { FixesBatch = true });
        }
        catch (CnnException)
        {
            // GoldenOnnxTests says which.
            return;
        }

        string file = folder["net.onnx"];
        OnnxWriter.Write(file, export.Model, export.Weights);
        using Net back = NetImport.LoadOnnx(file).Build(new NetOptions { Pool = pool });
        foreach (var (blob, input) in export.Inputs)
        {
            (given.GetValueOrDefault(blob) ?? net.FindBlob(blob).Data.ToArray()).CopyTo(back.FindBlob(input).Data);
        }

        back.Forward();
        foreach (var (blob, output) in export.Outputs.Where(o => net.Blobs.ContainsKey(o.Blob)))
        {
            Assert.Equal(net.FindBlob(blob).Shape.ToArray(), back.FindBlob(output).Shape.ToArray());
            GoldenCase.RequireClose(
                $"{name}: {blob}", net.FindBlob(blob).Data.ToArray(), back.FindBlob(output).Data.ToArray(), 1e-5);
        }
    }
}

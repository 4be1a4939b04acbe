using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Tests.Engine.Export;

namespace Cnn.Tests.Engine.Import;

/// <summary>Compares an ONNX file that is imported with what ONNX Runtime computes.</summary>
internal static class ImportRun
{
    /// <summary>Imports a file, through the files that are written, and requires the same outputs.</summary>
    /// <returns>The imported net.</returns>
    public static ImportedNet RequireSame(
        TemporaryFolder folder, OnnxFile onnx, OnnxImportOptions? options = null, double tolerance = 1e-5)
    {
        string path = onnx.Save(folder["net.onnx"]);
        ImportedNet imported = NetImport.LoadOnnx(path, options);
        imported.Save(folder["net.prototxt"], folder["net.caffemodel"]);
        using var pool = new WorkerPool(1);
        using Net net = Net.Load(
            folder["net.prototxt"], folder["net.caffemodel"], new NetOptions { Pool = pool, WeightsAreStrict = true });
        var random = new Random(3);
        var inputs = new List<(string, int[], float[])>();
        foreach (string name in net.Inputs)
        {
            Blob blob = net.FindBlob(name);
            foreach (ref float value in blob.Data)
            {
                value = (2 * random.NextSingle()) - 1;
            }

            inputs.Add((name, blob.Shape.ToArray(), blob.Data.ToArray()));
        }

        net.Forward();
        using var session = new OnnxRun(path);
        foreach (var (name, expected) in session.Run(inputs))
        {
            Blob blob = net.FindBlob(name);
            Assert.Equal(expected.Shape, blob.Shape.ToArray());
            RequireClose(name, expected.Values, blob.Data, tolerance);
        }

        return imported;
    }

    /// <summary>Requires that values differ by a share of the largest at most.</summary>
    public static void RequireClose(string name, float[] expected, ReadOnlySpan<float> actual, double tolerance)
    {
        float most = Math.Max(1e-6f, expected.Max(MathF.Abs));
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            if (!(difference <= tolerance * most || (float.IsNaN(expected[i]) && float.IsNaN(actual[i]))))
            {
                Assert.Fail($"{name}[{i}] is {actual[i]}, expected {expected[i]}");
            }
        }
    }
}

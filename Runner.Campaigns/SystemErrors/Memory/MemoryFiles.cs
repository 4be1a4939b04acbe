using Cnn.Campaigns.Processes;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Npy;

namespace Cnn.Campaigns.SystemErrors.Memory;

/// <summary>The large files that the commands of <see cref="MemoryScenario"/> read, made once.</summary>
internal sealed class MemoryFiles : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly TemporaryFolder template = new();

    /// <summary>Makes the files.</summary>
    public MemoryFiles()
    {
        const string Digits = """type: "Digits" digits_param { batch_size: 64 }""";
        template.Write("net.prototxt", Net(Digits));
        template.Write("solver.prototxt", Solver("net", "big"));
        template.Write("hdf5.prototxt", Solver("net", "hdf5") + "snapshot_format: HDF5\n");
        template.Write("deploy.prototxt", Deploy);
        template.Write(
            "idx.net.prototxt",
            SmallNet(
                """
                type: "IdxData" idx_data_param { images: "idx/digits-images-idx3-ubyte"
                  labels: "idx/digits-labels-idx1-ubyte" batch_size: 4 }
                """));
        template.Write("idx.prototxt", Solver("idx.net", "idx"));
        template.Write(
            "rows.net.prototxt",
            SmallNet("""type: "HDF5Data" hdf5_data_param { source: "rows.txt" batch_size: 4 }"""));
        template.Write("rows.prototxt", Solver("rows.net", "rows"));
        template.Write("rows.txt", "rows.h5\n");
        Run("train", "--solver", "solver.prototxt", "--iterations", "1");
        Run("data", "digits", "--to", "idx", "--count", "60000", "--format", "idx");
        Run("data", "digits", "--to", "canvas", "--count", "1", "--canvas", "4096x4096");
        template.Write("canvas.txt", "00000000.png 1\n");
        const int Rows = 16_000;
        var values = new float[Rows * 28 * 28];
        NpyFile.Write(template["big.npy"], new NumberArray([Rows, 1, 28, 28], values));
        ArrayFile.WriteHdf5(
            template["rows.h5"],
            [
                ("data", new NumberArray([Rows, 1, 28, 28], values)),
                ("label", new NumberArray([Rows], new float[Rows])),
            ]);
    }

    private static string Deploy => """
        name: "Deploy"
        layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 1 dim: 28 dim: 28 } } }
        layer { name: "ip0" type: "InnerProduct" bottom: "data" top: "ip0" inner_product_param { num_output: 8192 } }
        layer { name: "ip1" type: "InnerProduct" bottom: "ip0" top: "ip1" inner_product_param { num_output: 10 } }
        """;

    /// <summary>Copies the files into a new folder.</summary>
    public TemporaryFolder Copy()
    {
        var folder = new TemporaryFolder();
        FolderState.Copy(template.Path, folder.Path);
        return folder;
    }

    /// <inheritdoc/>
    public void Dispose() => template.Dispose();

    private static string Net(string data) => $$"""
        name: "Big"
        layer { name: "data" top: "data" top: "label" {{data}} }
        layer { name: "ip0" type: "InnerProduct" bottom: "data" top: "ip0"
          inner_product_param { num_output: 8192 weight_filler { type: "constant" value: 0.01 } } }
        layer { name: "ip1" type: "InnerProduct" bottom: "ip0" top: "ip1"
          inner_product_param { num_output: 10 weight_filler { type: "constant" value: 0.01 } } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip1" bottom: "label" top: "loss" }
        """;

    private static string SmallNet(string data) => $$"""
        name: "Small"
        layer { name: "data" top: "data" top: "label" {{data}} }
        layer { name: "ip1" type: "InnerProduct" bottom: "data" top: "ip1" inner_product_param { num_output: 10 } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip1" bottom: "label" top: "loss" }
        """;

    private static string Solver(string net, string prefix) => $"""
        net: "{net}.prototxt"
        base_lr: 0.01
        momentum: 0.9
        lr_policy: "fixed"
        max_iter: 2
        snapshot_prefix: "{prefix}"
        random_seed: 5

        """;

    private void Run(params string[] arguments)
    {
        ProcessResult result = CnnRun.Finish(template.Path, Limit, arguments);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', arguments)} fails: {result.Error}");
        }
    }
}

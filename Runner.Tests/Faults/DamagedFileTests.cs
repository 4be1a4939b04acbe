using Cnn.Engine.Export;
using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Npy;
using Cnn.Tests.Engine.Solvers;

namespace Cnn.Tests.Faults;

/// <summary>
/// A thousand damaged files of each format: each is read or refused with an error that names the file; nothing crashes,
/// hangs, or takes more memory than the sizes of the file and the net. (The HDF5 library trusts some sizes within a
/// file, so memory is not bounded there.)
/// </summary>
[Trait("Category", "Fuzz")]
public class DamagedFileTests
{
    private const string Net = """
        net_param {
          layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 2 dim: 3 } } }
          layer { name: "ip" type: "InnerProduct" bottom: "w" top: "ip"
            inner_product_param { num_output: 20 weight_filler { type: "xavier" } } }
          layer { name: "loss" type: "Reduction" bottom: "ip" top: "loss" loss_weight: 1 }
        }
        base_lr: 0.01 momentum: 0.9 lr_policy: "fixed" random_seed: 1 max_iter: 1
        """;

    [Theory]
    [InlineData("BINARYPROTO")]
    [InlineData("HDF5")]
    [InlineData("SAFETENSORS")]
    [InlineData("NPZ")]
    public async Task Weights(string format)
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        bool isNamed = format is "SAFETENSORS" or "NPZ";
        string snapshots = isNamed ? "BINARYPROTO" : format;
        Solver solver = Prepare(folder, pool, snapshots);
        string path = Trained(solver, folder, ".caffemodel*");
        if (isNamed)
        {
            solver.TrainNet.ExportWeights(path = folder[$"w.{format.ToLowerInvariant()}"]);
        }

        float[] before = Training.Weights(solver);
        await Damage.Check(path, damaged =>
        {
            Net net = Prepare(folder, pool, snapshots).TrainNet;
            float[] untouched = [.. net.Learnable.SelectMany(p => p.Blob.Data.ToArray())];
            try
            {
                net.CopyWeightsFrom(damaged);
            }
            catch (CnnException)
            {
                // HDF5 values are read in pieces, each of which can turn out damaged; nothing shows it earlier.
                Assert.True(
                    format == "HDF5" || untouched.SequenceEqual(net.Learnable.SelectMany(p => p.Blob.Data.ToArray())));
                throw;
            }
        });
        Assert.Equal(before, Training.Weights(solver));
    }

    [Theory]
    [InlineData("BINARYPROTO")]
    [InlineData("HDF5")]
    public async Task SolverStates(string format)
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        string path = Trained(Prepare(folder, pool, format), folder, ".solverstate*");
        await Damage.Check(path, damaged => Prepare(folder, pool, format, damaged));
    }

    [Fact]
    public async Task MeanFiles()
    {
        using var folder = new TemporaryFolder();
        string path = folder["mean.binaryproto"];
        var mean = new BlobProto
        {
            Num = 1, Channels = 1, Height = 10, Width = 10, Data = { Enumerable.Range(0, 100).Select(i => (float)i) },
        };
        ProtoFile.Save(mean, path);
        await Damage.Check(path, damaged => ProtoFile.LoadBinary<BlobProto>(damaged));
    }

    [Fact]
    public async Task NumpyArrays()
    {
        using var folder = new TemporaryFolder();
        string path = folder["x.npy"];
        NpyFile.Write(path, new NumberArray([5, 8], [.. Enumerable.Range(0, 40).Select(i => (float)i)]));
        await Damage.Check(path, damaged => NpyFile.Read(damaged));
    }

    [Fact]
    public async Task Hdf5Arrays()
    {
        using var folder = new TemporaryFolder();
        string path = folder["x.h5"];
        ArrayFile.Write(path, "data", new NumberArray([5, 8], [.. Enumerable.Range(0, 40).Select(i => (float)i)]));
        await Damage.Check(path, damaged => ArrayFile.Read(damaged, "data"));
    }

    private static Solver Prepare(TemporaryFolder folder, WorkerPool pool, string format, string? resumeFrom = null) =>
        Training.Prepare(
            $"{Net} snapshot_format: {format} snapshot_prefix: '{folder["snap"].Replace('\\', '/')}'", pool,
            resumeFrom: resumeFrom);

    private static string Trained(Solver solver, TemporaryFolder folder, string pattern)
    {
        Assert.True(solver.Solve());
        return Assert.Single(Directory.GetFiles(folder.Path, "snap_iter_1" + pattern));
    }
}

using Cnn.Engine.Export;
using Cnn.Engine.Graph;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Npy;
using Cnn.Tests.Proto.Formats.Idx;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Faults;

/// <summary>
/// Every kind of file given in place of every other leads to exit code 1 and an error that names the file.
/// </summary>
[Trait("Category", "Unit")]
public sealed class WrongFileTests : IDisposable
{
    private static readonly string[] Kinds =
    [
        "snap_iter_2.caffemodel", "snap_iter_2.solverstate", "snap_iter_2.caffemodel.h5", "snap_iter_2.solverstate.h5",
        "net.safetensors", "net.npz", "net.prototxt", "solver.prototxt", "labels.idx", "x.npy", "x.h5", "picture.png",
        "empty", "folder", "missing",
    ];

    private readonly TemporaryFolder folder = new();

    public WrongFileTests()
    {
        foreach (string format in (string[])["BINARYPROTO", "HDF5"])
        {
            string solver = SmallTraining.Write(
                folder, 2, 0, $"random_seed: 7 snapshot_format: {format}", folder["snap"].Replace('\\', '/'));
            Assert.Equal(0, CommandLine.Run("train", "--solver", solver).ExitCode);
        }

        using (Net net = Net.Load(folder["net.prototxt"]))
        {
            net.ExportWeights(folder["net.safetensors"]);
            net.ExportWeights(folder["net.npz"]);
        }

        File.WriteAllBytes(folder["labels.idx"], IdxFiles.Labels(10));
        NpyFile.Write(folder["x.npy"], new NumberArray([2], [1, 2]));
        ArrayFile.Write(folder["x.h5"], "data", new NumberArray([2], [1, 2]));
        File.WriteAllBytes(folder["picture.png"], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]);
        File.WriteAllText(folder["empty"], "");
        Directory.CreateDirectory(folder["folder"]);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("solver.prototxt", "train", "--solver", "FILE")]
    [InlineData(
        "snap_iter_2.caffemodel snap_iter_2.caffemodel.h5 net.safetensors net.npz", "train", "--solver", "SOLVER",
        "--weights", "FILE")]
    [InlineData(
        "snap_iter_2.solverstate snap_iter_2.solverstate.h5", "train", "--solver", "SOLVER", "--snapshot", "FILE")]
    [InlineData("net.prototxt", "summary", "--model", "FILE")]
    [InlineData(
        "snap_iter_2.caffemodel snap_iter_2.caffemodel.h5 net.safetensors net.npz", "test", "--model", "NET",
        "--iterations", "1", "--weights", "FILE")]
    [InlineData("x.npy x.h5", "forward", "--model", "DEPLOY", "--input", "data=FILE")]
    public void AFileOfAnotherKindIsRefusedByName(string right, params string[] command)
    {
        folder.Write(
            "deploy.prototxt", "layer { name: 'data' type: 'Input' top: 'data' input_param { shape { dim: 2 } } }");
        foreach (string kind in Kinds)
        {
            string[] arguments = Array.ConvertAll(
                command,
                a => a.Replace("FILE", folder[kind], StringComparison.Ordinal)
                    .Replace("SOLVER", folder["solver.prototxt"], StringComparison.Ordinal)
                    .Replace("NET", folder["net.prototxt"], StringComparison.Ordinal)
                    .Replace("DEPLOY", folder["deploy.prototxt"], StringComparison.Ordinal));

            CommandLine run = CommandLine.Run(arguments);

            if (right.Split(' ').Contains(kind))
            {
                Assert.True(run.ExitCode == 0, $"{kind}: {Last(run.Error)}");
                continue;
            }

            Assert.True(
                run.ExitCode == 1, $"{string.Join(' ', arguments)}: exit code {run.ExitCode}: {Last(run.Error)}");
            Assert.Contains(folder[kind], Last(run.Error), StringComparison.Ordinal);
            Assert.DoesNotContain("   at Cnn.", run.Error, StringComparison.Ordinal);
        }
    }

    private static string Last(string text) =>
        string.Join('\n', text.Split('\n')[^Math.Min(4, text.Split('\n').Length)..]);
}

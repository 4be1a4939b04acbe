using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Npy;
using Cnn.Tests.Proto.Formats;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public class ForwardCommandTests
{
    private const string Net = """
        name: "Deploy"
        layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 } } }
        layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
          inner_product_param { num_output: 2 weight_filler { value: 2 } bias_filler { value: 1 } } }
        """;

    [Theory]
    [InlineData("x.npy", "y.npy")]
    [InlineData("x.h5", "y.h5")]
    [InlineData("x.h5:images", "y.h5:scores")]
    public void ANetRunsOverArraysOfItsOwnShapeOrAnother(string input, string output)
    {
        using var folder = new TemporaryFolder();
        string net = folder.Write("net.prototxt", Net);
        ArrayFile.Write(folder[input], "data", new NumberArray([2, 3], [1, 2, 3, 4, 5, 6]));

        CommandLine run = CommandLine.Run(
            "forward", "--model", net, "--input", $"data={folder[input]}", "--output", $"ip={folder[output]}");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("data: [2, 3] instead of [1, 3]", run.Output, StringComparison.Ordinal);
        Assert.Contains("ip [2, 2]: 13, 13, 31, 31", run.Output, StringComparison.Ordinal);
        NumberArray result = ArrayFile.Read(folder[output], "ip");
        Assert.Equal([2, 2], result.Shape);
        Assert.Equal([13, 13, 31, 31], result.Values);
    }

    [Theory]
    [InlineData("w.safetensors")]
    [InlineData("w.npz")]
    public void WeightsByNameAreThoseOfTheNet(string weights)
    {
        using var folder = new TemporaryFolder();
        string net = folder.Write("net.prototxt", Net);
        NamedArrayFiles.Write(
            folder[weights],
            [
                new("ip.weight", new MemorySnapshotArray([2, 3], [1, 0, 0, 0, 1, 0])),
                new("ip.bias", new MemorySnapshotArray([2], [10, 20])),
                new("other.weight", new MemorySnapshotArray([1], [1])),
            ],
            []);
        NpyFile.Write(folder["x.npy"], new NumberArray([1, 3], [1, 2, 3]));
        string[] arguments =
            ["forward", "--model", net, "--weights", folder[weights], "--input", $"data={folder["x.npy"]}"];

        CommandLine run = CommandLine.Run(arguments);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("ip [1, 2]: 11, 22", run.Output, StringComparison.Ordinal);
        CommandLine strict = CommandLine.Run([.. arguments, "--weights-strict"]);
        Assert.Equal(1, strict.ExitCode);
        Assert.Contains("1 layer(s) of the files not in the net: other", strict.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void BackwardGivesGradientsDownToTheInputs()
    {
        using var folder = new TemporaryFolder();
        string net = folder.Write("net.prototxt", Net), all = folder["all.h5"];
        NpyFile.Write(folder["x.npy"], new NumberArray([1, 3], [1, 2, 3]));
        NpyFile.Write(folder["dy.npy"], new NumberArray([1, 2], [1, 10]));

        CommandLine run = CommandLine.Run(
            "forward", "--model", net, "--input", $"data={folder["x.npy"]}", "--backward",
            "--diff", $"ip={folder["dy.npy"]}", "--all-blobs", all);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal([22, 22, 22], ArrayFile.Read($"{all}:diff/data", "").Values);
        Assert.Equal([1, 2, 3, 10, 20, 30], ArrayFile.Read($"{all}:param/ip/0", "").Values);
        Assert.Equal([13, 13], ArrayFile.Read($"{all}:data/ip", "").Values);
    }

    [Theory]
    [InlineData("--input dta=x.npy", "'dta' is no input of net 'Deploy'; did you mean 'data'?")]
    [InlineData("--input data", "'data' names no blob and file")]
    [InlineData("--input data=none.npy", "none.npy' does not exist")]
    [InlineData("--output prob=y.npy", "net 'Deploy' has no blob 'prob'")]
    [InlineData("--diff ip=dy.npy", "--diff has no meaning without --backward")]
    public void AMistakeIsNamed(string options, string expected)
    {
        using var folder = new TemporaryFolder();
        string net = folder.Write("net.prototxt", Net);

        CommandLine run = CommandLine.Run(["forward", "--model", net, .. options.Split(' ')]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }
}

namespace Cnn.Tests.Runner.Display;

/// <summary>The exit code shows how a run ended, even if its messages cannot be written.</summary>
[Trait("Category", "Crash")]
public sealed class StandardStreamTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    [InlineData(">&- 2>&-")]
    [InlineData(">/dev/full 2>/dev/full")]
    public async Task BadInputEndsWithItsCodeWhereNobodyCanBeTold(string streams)
    {
        Shell.OnLinuxOrSkip();
        foreach (string command in (string[])[
            "train --solver nope.prototxt", "nonsense", "summary --model nope.prototxt"])
        {
            Assert.Equal(1, (await Shell.Run(folder, $"$CNN {command} {streams}")).ExitCode);
        }
    }

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public async Task ARunWhoseLogCannotBeWrittenRunsToItsEnd(string stream)
    {
        Shell.OnLinuxOrSkip();
        SmallTraining.Write(folder, 20, 10, "", folder["snap"]);
        var (exitCode, output, _) = await Shell.Run(folder, $"$CNN train --solver solver.prototxt {stream}");

        Assert.Equal(0, exitCode);
        Assert.Contains("Trained", output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["snap_iter_20.caffemodel"]));
    }

    [Fact]
    public async Task MessagesForAClosedStreamDoNotLandInAFile()
    {
        // The first file that the program opens gets the free descriptor.
        Shell.OnLinuxOrSkip();
        SmallTraining.Write(folder, 20, 10, "", folder["snap"]);
        var (exitCode, _, error) = await Shell.Run(
            folder,
            """
            set -e
            $CNN train --solver solver.prototxt --seed 1
            mkdir whole && mv snap* whole
            $CNN train --solver solver.prototxt --seed 1 >&- 2>&- || test $? = 2
            for f in snap_iter_10.caffemodel snap_iter_20.caffemodel; do cmp $f whole/$f || exit 9; done
            """);

        Assert.True(exitCode == 0, error);
    }

    [Theory]
    [InlineData("summary --model net.prototxt")]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("train --help")]
    [InlineData("device_query")]
    public async Task ResultsThatCannotBeWrittenAreAFailureOfTheRun(string command)
    {
        Shell.OnLinuxOrSkip();
        folder.Write(
            "net.prototxt", "layer { name: 'data' type: 'Input' top: 'data' input_param { shape { dim: 2 } } }");
        var (exitCode, _, error) = await Shell.Run(folder, $"$CNN {command} >/dev/full");

        Assert.Equal(2, exitCode);
        Assert.Equal("cnn: the results cannot be written to standard output: the disk is full", error.TrimEnd());

        (exitCode, _, error) = await Shell.Run(folder, $"$CNN {command} >&-");
        Assert.Equal(2, exitCode);
        Assert.Equal("cnn: the results cannot be written to standard output: it is closed", error.TrimEnd());
    }

    [Fact]
    public async Task FilesAreWrittenThoughNothingCanBeSaidOfThem()
    {
        Shell.OnLinuxOrSkip();
        folder.Write(
            "net.prototxt", "layer { name: 'data' type: 'Input' top: 'data' input_param { shape { dim: 2 } } }");
        await Shell.Run(folder, "$CNN forward --model net.prototxt --output data=y.npy >/dev/full 2>&1");

        Assert.True(File.Exists(folder["y.npy"]));
    }

    [Fact]
    public async Task AReaderThatHasEnoughIsNoFailure()
    {
        Shell.OnLinuxOrSkip();
        var (_, output, error) = await Shell.Run(folder, "($CNN train --help; echo code $? >&2) | head -1");

        Assert.NotEmpty(output);
        Assert.Equal("code 0", error.TrimEnd());
    }
}

using System.Reflection;
using Cnn.Proto;

namespace Cnn.Tests.Proto.Files;

[Trait("Category", "Unit")]
public sealed class FileErrorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(28, "the disk is full", true)]
    [InlineData(5, "the disk or device fails to read or write", true)]
    [InlineData(12, "the system has no memory left for it", true)]
    [InlineData(19, "its disk or device cannot do this", false)]
    [InlineData(24, "too many files are open", true)]
    [InlineData(30, "the disk is read-only", false)]
    [InlineData(13, "no permission", false)]
    [InlineData(20, "a part of its path is a file, not a folder", false)]
    public void AnErrorNumberIsToldInWords(int number, string words, bool isOfTheMachine)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the numbers are those of Unix");
        var thrown = new IOException("The words of .NET", number);
        CnnException error = FileErrors.From(folder["x"], "write", thrown)!;

        Assert.Equal($"cannot write '{folder["x"]}': {words}", error.Message);
        Assert.Equal(isOfTheMachine, error.IsOfTheMachine);
        Assert.Same(thrown, error.InnerException);
    }

    [Fact]
    public void AnUnknownNumberDoesNotBringTheWordsOfTheFramework() => Assert.DoesNotContain(
        ".NET",
        FileErrors.From(folder["x"], "read", new IOException("The words of .NET", 12345))!.Message,
        StringComparison.Ordinal);

    [Fact]
    public void AnErrorNumberThatIsNotKnownHereIsToldInTheWordsOfTheSystem()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the number is that of Linux");

        // ELNRNG, which no file has.
        Assert.Equal(
            $"cannot read '{folder["x"]}': the system says 'Link number out of range'",
            FileErrors.From(folder["x"], "read", new IOException("The words of .NET", 48))!.Message);
    }

    [Fact]
    public void AnErrorThatALibraryHasWrappedIsTheSystemsAllTheSame()
    {
        var wrapped = new TargetInvocationException(new TargetInvocationException(new IOException("", 28)));

        var error = Assert.Throws<CnnException>(() => AtomicFile.Write(folder["x"], _ => throw wrapped));

        Assert.Equal($"cannot write '{folder["x"]}': the disk is full", error.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void AFileThatDoesNotFitIntoMemoryIsToldWithItsSize()
    {
        string path = folder.Write("x", new string('x', 1234));
        CnnException error = FileErrors.From(path, "read", new InsufficientMemoryException())!;

        Assert.Equal($"cannot read '{folder["x"]}': there is not enough memory for its 1,234 bytes", error.Message);
        Assert.True(error.IsOfTheMachine);
    }

    [Fact]
    public void AFaultOfTheProgramIsNotTakenForAMistake() =>
        Assert.Null(FileErrors.From(folder["x"], "read", new ArgumentException("a wrong argument")));

    [Theory]
    [InlineData("", "its path is empty")]
    [InlineData("a\0b", @"'a\000b' holds a NUL character")]
    public void APathThatNoSystemTakesIsRefusedByEveryReader(string path, string expected)
    {
        Action[] readers =
        [
            () => FileText.ReadBytes(path),
            () => FileText.OpenHandle(path).Dispose(),
            () => ProtoFile.LoadNet(path),
            () => NetDefinition.Load(path),
            () => SolverDefinition.Load(path),
            () => Cnn.Proto.Formats.WeightsFile.Open(path).Dispose(),
            () => Cnn.Proto.Formats.StateFile.Open(path).Dispose(),
            () => Cnn.Proto.Formats.Idx.IdxFile.ReadLabels(path),
            () => Cnn.Proto.Formats.Npy.NpyFile.Read(path),
        ];
        Assert.All(readers, read => Assert.Contains(
            expected, Assert.Throws<CnnException>(read).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void ALongPathIsShownByItsStart()
    {
        var error = Assert.Throws<CnnException>(() => FileText.ReadBytes(new string('x', 5000)));

        Assert.Contains("is too long: 5000 bytes, at most 4095", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 200);
    }
}

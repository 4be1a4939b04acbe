using System.Text;
using Cnn.Proto;

namespace Cnn.Tests.Proto.Files;

[Trait("Category", "Unit")]
public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ANewFileHasTheContentAndNothingElseIsThere()
    {
        Write("x", "new");

        Assert.Equal("new", File.ReadAllText(folder["x"]));
        Assert.Equal([folder["x"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void ANameOnlyIsInTheWorkingFolder()
    {
        string name = $"cnn-{Guid.NewGuid():N}";
        AtomicFile.Write(name, stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(name));
        File.Delete(name);
    }

    [Fact]
    public void AFileOfTheUsersWithTheEndingOfATemporaryOneIsLeftAlone()
    {
        folder.Write("x.part", "precious");
        folder.Write(".x.part", "precious");
        Write("x", "new");

        Assert.Equal("precious", File.ReadAllText(folder["x.part"]));
        Assert.Equal("precious", File.ReadAllText(folder[".x.part"]));
    }

    [Fact]
    public void WritersOfOneFileAtOnceDoNotMixTheirContents()
    {
        string[] contents = [.. Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 100_000))];
        using var together = new Barrier(contents.Length);
        var threads = Array.ConvertAll(contents, content => new Thread(() =>
        {
            together.SignalAndWait();
            for (int i = 0; i < 20; i++)
            {
                Write("x", content);
            }
        }));
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        Assert.Contains(File.ReadAllText(folder["x"]), contents);
        Assert.Equal([folder["x"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void AWriterThatFailsLeavesTheOldFileAndNoTemporaryOne()
    {
        folder.Write("x", "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["x"], stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException();
        }));

        Assert.Equal("old", File.ReadAllText(folder["x"]));
        Assert.Equal([folder["x"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void TheLongestNameThatAFileCanHaveCanBeWritten()
    {
        string name = new('n', 255);
        Write(name, "new");

        Assert.Equal("new", File.ReadAllText(folder[name]));
    }

    [Theory]
    [InlineData("no/such/x", "there is no folder")]
    [InlineData("", "it is a folder")]
    [InlineData("new/", "it is a folder")]
    [InlineData("taken/x", "taken' is a file, not a folder")]
    [InlineData("a\0b", "holds a NUL character")]
    public void APathThatCannotBeWrittenIsAMistakeInWords(string path, string expected)
    {
        folder.Write("taken", "");
        var error = Assert.Throws<CnnException>(() => Write(path, "new"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(error.IsOfTheMachine);
        Assert.Equal([folder["taken"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void AnEmptyPathIsAMistakeInWords() => Assert.Contains(
        "its path is empty",
        Assert.Throws<CnnException>(() => AtomicFile.Write("", _ => { })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void ANameThatIsTooLongIsAMistakeInWords() => Assert.Contains(
        "holds a name of 256 bytes, at most 255",
        Assert.Throws<CnnException>(() => Write(new string('n', 256), "")).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("real")]
    [InlineData("missing")]
    public void ALinkStaysAndItsTargetGetsTheContent(string target)
    {
        Shell.OrSkip();
        Directory.CreateDirectory(folder["store"]);
        folder.Write("store/real", "old");
        File.CreateSymbolicLink(folder["store/inner"], target);
        File.CreateSymbolicLink(folder["link"], "store/inner");
        Write("link", "new");

        Assert.Equal("store/inner", new FileInfo(folder["link"]).LinkTarget);
        Assert.Equal(target, new FileInfo(folder["store/inner"]).LinkTarget);
        Assert.Null(new FileInfo(folder[$"store/{target}"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(folder[$"store/{target}"]));
        Assert.Equal([folder["link"], folder["store"]], Directory.GetFileSystemEntries(folder.Path).Order());
    }

    [Fact]
    public void ALinkIsFollowedFromTheFolderThatItReallyStandsIn()
    {
        Shell.OrSkip();
        Directory.CreateDirectory(folder["deep/er"]);
        File.CreateSymbolicLink(folder["short"], "deep/er");
        File.CreateSymbolicLink(folder["deep/er/link"], "../x");
        Write("short/link", "new");

        Assert.Equal("new", File.ReadAllText(folder["deep/x"]));
        Assert.False(File.Exists(folder["x"]));
    }

    [Fact]
    public void LinksInACircleAreAMistakeInWords()
    {
        Shell.OrSkip();
        File.CreateSymbolicLink(folder["a"], "b");
        File.CreateSymbolicLink(folder["b"], "a");

        Assert.Contains(
            "links lead in a circle",
            Assert.Throws<CnnException>(() => Write("a", "new")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)]
    public void AFileKeepsItsMode(UnixFileMode mode)
    {
        Shell.OrSkip();
        folder.Write("x", "old");
        SetMode(folder["x"], mode);
        Write("x", "new");

        Assert.Equal("new", File.ReadAllText(folder["x"]));
        Assert.Equal(mode, ModeOf(folder["x"]));
    }

    [Fact]
    public void WhatReplacesAPrivateFileIsPrivateWhileItIsWritten()
    {
        Shell.OrSkip();
        folder.Write("x", "old");
        SetMode(folder["x"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        AtomicFile.Write(folder["x"], _ =>
        {
            string temporary = Assert.Single(Directory.GetFiles(folder.Path), f => f != folder["x"]);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(temporary));
        });
    }

    [Fact]
    public async Task AFileKeepsItsOwnerWhereThatIsPermitted()
    {
        Shell.OrSkip();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only the root user may give files away");
        folder.Write("x", "old");
        await Shell.Run(folder, "chown 1234:2345 x && chmod 4640 x");
        Write("x", "new");

        Assert.Equal("1234:2345 4640", (await Shell.Run(folder, "stat -c '%u:%g %a' x")).Output.Trim());
    }

    [Fact]
    public void AFileThatMayNotBeWrittenToIsNotReplaced()
    {
        Shell.OrSkip();
        Shell.NotAsRootOrSkip();
        folder.Write("x", "old");
        SetMode(folder["x"], UnixFileMode.UserRead);

        Assert.Contains(
            "no permission", Assert.Throws<CnnException>(() => Write("x", "new")).Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(folder["x"]));
    }

    [Theory]
    [InlineData("old")]
    [InlineData("longer than what comes")]
    public async Task EveryNameOfAFileWithSeveralHasTheContent(string old)
    {
        Shell.OrSkip();
        folder.Write("x", old);
        await Shell.Run(folder, "ln x y");
        Write("x", "new content");

        Assert.Equal("new content", File.ReadAllText(folder["y"]));
        Assert.Equal("2", (await Shell.Run(folder, "stat -c %h x")).Output.Trim());
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public async Task APipeStaysAndItsReaderGetsTheContent()
    {
        Shell.OrSkip();
        await Shell.Run(folder, "mkfifo pipe");
        Task<(int ExitCode, string Output, string Error)> reader = Shell.Run(folder, "cat pipe");
        string content = new('x', 1_000_000);

        // A writer may seek back in the stream, whatever kind of file the path names.
        AtomicFile.Write(folder["pipe"], stream =>
        {
            stream.Write(Encoding.ASCII.GetBytes(" " + content[1..]));
            stream.Position = 0;
            stream.WriteByte((byte)'x');
        });

        Assert.Equal(content, (await reader).Output);
        Assert.Equal("fifo", (await Shell.Run(folder, "stat -c %F pipe")).Output.Trim());
    }

    [Fact]
    public async Task APipeThatNobodyReadsIsAMistakeInsteadOfAHang()
    {
        Shell.OrSkip();
        await Shell.Run(folder, "mkfifo pipe");

        Assert.Contains(
            "a pipe that nobody reads",
            Assert.Throws<CnnException>(() => Write("pipe", "new")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADeviceStaysADevice()
    {
        Shell.OnLinuxOrSkip();
        var (exitCode, _, _) = await Shell.Run(folder, "mknod nul c 1 3");
        Assert.SkipUnless(exitCode == 0, "no right to make a device here");
        Write("nul", "new");
        File.CreateSymbolicLink(folder["link"], "nul");
        Write("link", "new");

        Assert.Equal("character special file", (await Shell.Run(folder, "stat -c %F nul")).Output.Trim());
        Assert.Equal("nul", new FileInfo(folder["link"]).LinkTarget);
    }

    [Fact]
    public async Task AFullDeviceIsAFailureOfTheMachine()
    {
        Shell.OnLinuxOrSkip();
        var (exitCode, _, _) = await Shell.Run(folder, "mknod full c 1 7");
        Assert.SkipUnless(exitCode == 0, "no right to make a device here");
        var error = Assert.Throws<CnnException>(() => Write("full", "new"));

        Assert.Equal($"cannot write '{folder["full"]}': the disk is full", error.Message);
        Assert.True(error.IsOfTheMachine);
    }

    [Fact]
    public async Task ASocketIsAMistakeInWords()
    {
        Shell.OrSkip();
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(folder["socket"]));

        Assert.Contains(
            "it is a socket", Assert.Throws<CnnException>(() => Write("socket", "new")).Message,
            StringComparison.Ordinal);
        Assert.Equal("socket", (await Shell.Run(folder, "stat -c %F socket")).Output.Trim());
    }

    [Fact]
    public async Task StandardOutputIsAFileToWriteTo()
    {
        Shell.OnLinuxOrSkip();
        folder.Write("net.prototxt", "name: \"n\"\n");
        var (exitCode, output, error) = await Shell.Run(
            folder,
            "ln -s /dev/stdout net2.prototxt; $CNN convert net.prototxt net2.prototxt | cat; ls -l net2.prototxt");

        Assert.True(exitCode == 0, error);
        Assert.StartsWith("name: \"n\"\n", output, StringComparison.Ordinal);
        Assert.EndsWith("net2.prototxt -> /dev/stdout", output.TrimEnd(), StringComparison.Ordinal);
    }

    private void Write(string name, string content) =>
        AtomicFile.Write(Path.Combine(folder.Path, name), stream => stream.Write(Encoding.UTF8.GetBytes(content)));

    private static void SetMode(string path, UnixFileMode mode)
    {
        Shell.OrSkip();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : File.GetUnixFileMode(path);
}

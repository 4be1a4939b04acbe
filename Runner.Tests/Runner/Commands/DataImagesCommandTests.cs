using Cnn.Proto.Formats.ImageSets;
using Cnn.Tests.Runner.DataSets;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class DataImagesCommandTests : IDisposable
{
    private const int ImagesAClass = 40;

    private static readonly string[] Classes = ["Zinnia", "aster", "lily"];

    private readonly TemporaryFolder folder = new();

    public DataImagesCommandTests()
    {
        for (int i = 0; i < 3 * ImagesAClass; i++)
        {
            TestImages.Write(
                folder[$"flowers/{Classes[i % 3]}/{i / 3}.png"], TestImages.Image(i, 3, 5 + (i % 4), 6));
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AFolderOfClassFoldersBecomesAShuffledDatabaseWithLabels()
    {
        CommandLine run = Run("--resize", "8x4");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal($"Wrote {folder["db"]} (120 images)", run.Output.TrimEnd());
        Assert.Equal("Zinnia\naster\nlily\n", File.ReadAllText(folder["db/labels.txt"]));
        var read = TestImages.ReadDatabase(folder["db"]);
        Assert.Equal(
            ClassFolder.Read(folder["flowers"]).Images.Select(i => (i.Path, i.Label)).Order(),
            read.Select(r => (r.Key[9..], r.Datum.Label)).Order());
        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"{i:D8}_"), read.Select(r => r.Key[..9]));
        Assert.All(read, r => Assert.Equal((3, 4, 8), (r.Datum.Channels, r.Datum.Height, r.Datum.Width)));
        Assert.True(read.Take(20).Select(r => r.Datum.Label).Distinct().Count() == 3, "the classes are not mixed");
    }

    [Fact]
    public void AShareBecomesTheValidationDatabaseInTheSameWayAsImageFolderSplitsIt()
    {
        CommandLine run = Run("--validation", "25%", "--seed", "7", "--encoded");

        Assert.True(run.ExitCode == 0, run.Error);
        string[] train = Paths("db_train"), validation = Paths("db_val");
        Assert.InRange(validation.Length, 10, 60);
        Assert.Equal(120, train.Union(validation).Count());
        Assert.All(validation, path => Assert.True(ClassFolder.IsInValidation(path, 0.25, 7)));
        Assert.All(train, path => Assert.False(ClassFolder.IsInValidation(path, 0.25, 7)));
        Assert.Equal("Zinnia\naster\nlily\n", File.ReadAllText(folder["db_val/labels.txt"]));
        Assert.All(TestImages.ReadDatabase(folder["db_val"]), r => Assert.True(r.Datum.Encoded));
        Assert.False(Path.Exists(folder["db"]));

        string[] Paths(string database) => [.. TestImages.ReadDatabase(folder[database]).Select(r => r.Key[9..])];
    }

    [Theory]
    [InlineData("--resize is '8', it must be columns and rows, such as 256x256", "--resize", "8")]
    [InlineData("--resize is '0x5', it must be columns and rows", "--resize", "0x5")]
    [InlineData("--validation is '110%', it must be a share such as 10% or 0.1", "--validation", "110%")]
    [InlineData("--validation is 'some', it must be a share", "--validation", "some")]
    [InlineData("none of the 120 images are in the validation part", "--validation", "0.000001")]
    public void AWrongOptionIsToldBeforeAnythingIsWritten(string expected, params string[] options)
    {
        CommandLine run = Run(options);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path, "db*"));
    }

    [Fact]
    public void IfOneDatabaseIsThereNoneIsWritten()
    {
        Directory.CreateDirectory(folder["db_val"]);

        CommandLine run = Run("--validation", "0.5");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("db_val' exists already", run.Error, StringComparison.Ordinal);
        Assert.Equal([folder["db_val"]], Directory.GetFileSystemEntries(folder.Path, "db*"));
    }

    [Fact]
    public void AFolderWithoutClassesIsRefused()
    {
        CommandLine run = CommandLine.Run("data", "images", folder["flowers/lily"], "--to", folder["db"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("holds no folders; each class has a folder of its own", run.Error, StringComparison.Ordinal);
    }

    private CommandLine Run(params string[] options) =>
        CommandLine.Run(["data", "images", folder["flowers"], "--to", folder["db"], .. options]);
}

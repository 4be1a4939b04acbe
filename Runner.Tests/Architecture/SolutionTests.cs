namespace Cnn.Tests.Architecture;

/// <summary>The files at the top of the repository fit its projects.</summary>
[Trait("Category", "Unit")]
public class SolutionTests
{
    // The projects that templates hold are made for others, who build them.
    private static IEnumerable<string> Projects => RepositoryFiles.WithExtension(".csproj")
        .Where(p => !p.StartsWith("Templates/", StringComparison.Ordinal) || p == "Templates/Cnn.Templates.csproj");

    [Fact]
    public void TheSolutionListsEveryProject()
    {
        string[] projects = [.. Projects];

        Assert.Contains("Engine/Cnn.Engine.csproj", projects);
        string solution = File.ReadAllText(Repository.PathOf("Cnn.sln"));
        Assert.Equal(
            [], projects.Where(p => !solution.Contains($"\"{p.Replace('/', '\\')}\"", StringComparison.Ordinal)));
    }

    // A restore writes the lock file; it must not name the folder of the machine that wrote it.
    [Fact]
    public void EveryProjectHasALockFileWithoutAnAddress()
    {
        foreach (string project in Projects)
        {
            string locked = Repository.PathOf(Path.GetDirectoryName(project)!, "packages.lock.json");
            Assert.True(File.Exists(locked), $"{project} has no lock file; dotnet restore Cnn.sln writes it");
            Assert.DoesNotContain("://", File.ReadAllText(locked), StringComparison.Ordinal);
        }
    }
}

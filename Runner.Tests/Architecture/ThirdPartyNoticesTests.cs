using System.Text.Json;

namespace Cnn.Tests.Architecture;

[Trait("Category", "Unit")]
public sealed class ThirdPartyNoticesTests
{
    [Fact]
    public void EveryPackageThatTheProgramIsMadeOfHasItsLicenceListed()
    {
        string[] listed =
        [
            .. File.ReadLines(Repository.PathOf("THIRD-PARTY-NOTICES.md"))
                .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
                .Skip(2)
                .Select(line => line.Split('|')[1].Trim())
                .Order(StringComparer.OrdinalIgnoreCase),
        ];

        using var locked = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("Runner", "packages.lock.json")));
        IEnumerable<string> restored = locked.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project")
            .Select(package => package.Name)
            .Distinct()
            .Order(StringComparer.OrdinalIgnoreCase);

        Assert.Equal(restored, listed);
    }
}

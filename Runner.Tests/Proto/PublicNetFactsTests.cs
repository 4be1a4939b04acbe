using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Forks;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto;

/// <summary>
/// What public nets use is built in, ignored, or known to be of a fork; see the table beside this file.
/// </summary>
[Trait("Category", "Unit")]
public class PublicNetFactsTests
{
    // Mistakes of the nets themselves, and what a converter wrote for its own purposes.
    private const double MostStrange = 0.02;

    [Fact]
    public void TheTableIsOfManyRepositories() =>
        Assert.True(PublicNetFacts.All.Count >= 60 && PublicNetFacts.All.Sum(f => f.Nets) >= 1100);

    [Fact]
    public void NearlyEveryLayerIsOfATypeThatIsBuiltOrKnownToBeOfAFork()
    {
        var known = new LayerRegistry().Types.ToHashSet();
        var uses = PublicNetFacts.All.SelectMany(f => f.Types).ToArray();
        var strange = uses.Where(u => !known.Contains(u.Key) && ForkTable.ForksWithType(u.Key) is null).ToArray();

        Assert.True(
            strange.Sum(u => u.Value) < MostStrange * uses.Sum(u => u.Value),
            string.Join(", ", strange.Select(u => $"{u.Key} ({u.Value})")));
    }

    [Fact]
    public void NearlyEveryFieldIsKnownOrKnownToBeOfAFork()
    {
        var uses = PublicNetFacts.All.SelectMany(f => f.Fields).ToArray();
        var strange = uses.Where(u => !IsKnown(u.Key)).ToArray();

        Assert.True(
            strange.Sum(u => u.Value) < MostStrange * uses.Sum(u => u.Value),
            string.Join(", ", strange.Select(u => $"{u.Key} ({u.Value})")));
    }

    private static bool IsKnown(string path)
    {
        string[] names = path.Split('.');
        MessageDescriptor message = names.Length == 1
            ? LayerParameter.Descriptor
            : LayerParameter.Descriptor.FindFieldByName(names[0]).MessageType;
        return message.FindFieldByName(names[^1]) is not null
            || IgnoredFields.Has(message, names[^1])
            || ForkTable.ForksWith(message.Name, names[^1]) is not null;
    }
}

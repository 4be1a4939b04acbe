using System.Reflection;
using Cnn.Campaigns.Nets;
using Cnn.Campaigns.Running;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Campaigns;

/// <summary>The short form of the campaign of random nets.</summary>
[Trait("Category", "Fuzz")]
public sealed class NetsCampaignTests
{
    [Theory]
    [InlineData("threads", 200)]
    [InlineData("inference", 150)]
    [InlineData("training", 150)]
    [InlineData("inplace", 150)]
    [InlineData("gradients", 30)]
    [InlineData("formats", 40)]
    [InlineData("solve", 30)]
    [InlineData("export", 60)]
    public void RandomNetsKeepWhatIsPromised(string part, int cases)
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        var options = new CampaignOptions { Cases = cases, Parts = [part], Seed = 23, Folder = folder.Path };

        int found = CampaignRunner.Run(new NetsCampaign(), options, output, TimeProvider.System);

        Assert.True(found == 0, output.ToString());
        PartState state = CampaignState.Open(CampaignRunner.FileOf(folder.Path, "nets", 23), "nets", 23).Part(part);
        Assert.Equal(cases, state.Next);
        Assert.True(state.Counts[NetCheck.Accepted] >= 0.6 * cases, output.ToString());
    }

    [Fact]
    public void EveryPartHasAShortForm() => Assert.Equal(
        new NetsCampaign().Parts.Order(StringComparer.Ordinal),
        typeof(NetsCampaignTests).GetMethod(nameof(RandomNetsKeepWhatIsPromised))!
            .GetCustomAttributesData().Where(a => a.AttributeType == typeof(InlineDataAttribute))
            .Select(a => ((IReadOnlyList<CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)[0]
                .Value!.ToString()).Order(StringComparer.Ordinal));

    [Fact]
    public void EveryLayerTypeIsDrawnOrLeftOutForAReason() => Assert.Equal(
        new LayerRegistry().Types.Order(StringComparer.Ordinal),
        LayerRecipes.All.Keys.Concat(LayerRecipes.LeftOut.Keys).Order(StringComparer.Ordinal));

    // A recipe that the layer always refuses would look like one that finds nothing.
    [Fact]
    public void EveryLayerTypeThatIsDrawnIsAcceptedAtTimes()
    {
        using var pool = new WorkerPool(1);
        Assert.Equal(
            [], LayerRecipes.All.Keys.Where(type => !Enumerable.Range(0, 60).Any(seed => IsAccepted(type, seed))));

        bool IsAccepted(string type, int seed)
        {
            var random = new PhiloxRandom((ulong)seed);
            try
            {
                new NetSketch(pool, Phase.Train).Add(RandomLayers.Draw(random, type, []), random);
                return true;
            }
            catch (CnnException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void ADrawnLayerIsAFunctionOfItsRandomNumbers()
    {
        foreach (string type in LayerRecipes.All.Keys)
        {
            DrawnLayer first = RandomLayers.Draw(new PhiloxRandom(7), type);
            DrawnLayer second = RandomLayers.Draw(new PhiloxRandom(7), type);
            Assert.Equal(first.Layer, second.Layer);
            Assert.Equal(first.Bottoms.Count, first.Layer.Bottom.Count);
            Assert.Equal(first.Tops, first.Layer.Top.Count);
            Assert.Equal(first.Bottoms.Select(b => b.Shape), second.Bottoms.Select(b => b.Shape));
        }
    }
}

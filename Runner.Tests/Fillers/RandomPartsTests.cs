using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Tests.Fillers;

[Trait("Category", "Unit")]
public class RandomPartsTests
{
    [Theory]
    [InlineData("gaussian")]
    [InlineData("uniform")]
    [InlineData("xavier")]
    public void ALargeArrayIsDrawnTheSameOnAnyNumberOfCores(string type)
    {
        const int Count = (1 << 20) + 12345;
        float[] first = Fill(type, Count), again = [];
        var alone = new Thread(() => again = Fill(type, Count));
        alone.Start();
        alone.Join();

        Assert.Equal(first, again);

        // Parts are different draws.
        Assert.NotEqual(first[..1000], first[(1 << 20)..((1 << 20) + 1000)]);
    }

    private static float[] Fill(string type, int count)
    {
        var values = new float[count];
        new FillerRegistry().Create(new FillerParameter { Type = type })
            .Fill(values, [1, count], new PhiloxRandom(7, 3));
        return values;
    }
}

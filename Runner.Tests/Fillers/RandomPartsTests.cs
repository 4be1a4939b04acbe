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

        // Parts are different draws, and a shorter array is the start of a longer one.
        Assert.NotEqual(first[..1000], first[(1 << 20)..((1 << 20) + 1000)]);
        Assert.Equal(first[..5000], Fill(type, 5000, Count)[..5000]);
    }

    private static float[] Fill(string type, int count, int fan = 0)
    {
        var values = new float[count];
        new FillerRegistry().Create(new FillerParameter { Type = type })
            .Fill(values, [1, fan == 0 ? count : fan], new PhiloxRandom(7, 3));
        return values;
    }
}

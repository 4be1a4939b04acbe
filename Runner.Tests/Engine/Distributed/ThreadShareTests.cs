using Cnn.Engine.Distributed;

namespace Cnn.Tests.Engine.Distributed;

[Trait("Category", "Unit")]
public class ThreadShareTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ProcessesThatMayUseTheSameCoresShareThem(int size) => Assert.All(
        InProcessJob.Run(size, ThreadShare.Of),
        threads => Assert.Equal(Math.Max(1, Environment.ProcessorCount / size), threads));
}

using Cnn.Proto.Forks;

namespace Cnn.Tests.Proto.Forks;

[Trait("Category", "Unit")]
public class ForkTableTests
{
    [Theory]
    [InlineData("PoolingParameter", "ceil_mode", "Synopsys' Caffe")]
    [InlineData("SolverParameter", "stageiter", "Intel's Caffe and MobileNet-YOLO")]
    [InlineData("LayerParameter", "permute_param", "SSD's Caffe, Intel's Caffe, NVIDIA's Caffe and others")]
    [InlineData("LRNParameter.Engine", "MKLDNN", "Intel's Caffe")]
    [InlineData("PoolingParameter", "kernel_size", null)]
    public void AFieldOrValueNamesItsForks(string message, string name, string? forks) =>
        Assert.Equal(forks, ForkTable.ForksWith(message, name));

    [Theory]
    [InlineData("Axpy", "SENet's Caffe")]
    [InlineData("VIDEO_DATA", "C3D 1.0")]
    [InlineData("Convolution", null)]
    public void ALayerTypeNamesItsForks(string type, string? forks) =>
        Assert.Equal(forks, ForkTable.ForksWithType(type));

    [Fact]
    public void EveryForkOfTheTableHasAName() => Assert.All(
        ForkTable.LayerTypes, type => Assert.NotEmpty(ForkTable.ForksWithType(type)!));
}

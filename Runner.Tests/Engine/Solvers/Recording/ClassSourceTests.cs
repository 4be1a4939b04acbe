using Cnn.Engine.Graph;
using Cnn.Engine.Solvers.Recording;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public class ClassSourceTests
{
    [Fact]
    public void AnAccuracyOfPositionsIsPassedOver()
    {
        using Net net = Net.Build(NetDefinition.Parse("""
            layer { name: "data" type: "Input" top: "map" top: "where" top: "scores" top: "label" input_param {
              shape { dim: 2 dim: 3 dim: 4 dim: 4 } shape { dim: 2 dim: 1 dim: 4 dim: 4 }
              shape { dim: 2 dim: 5 } shape { dim: 2 } } }
            layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" }
            layer { name: "accuracy" type: "Accuracy" bottom: "map" bottom: "where" top: "accuracy" }
            """));

        Assert.Equal(5, ClassSource.Find(net)!.Classes);
    }

    // Its bottoms have the shapes of scores and labels.
    [Fact]
    public void ALayerThatJudgesNoClassesIsNoClassifier()
    {
        using Net net = Net.Build(NetDefinition.Parse("""
            layer { name: "data" type: "Input" top: "values" top: "factors"
              input_param { shape { dim: 4 dim: 3 } shape { dim: 4 } } }
            layer { name: "scale" type: "Scale" bottom: "values" bottom: "factors" top: "scale"
              scale_param { axis: 0 } }
            """));

        Assert.Null(ClassSource.Find(net));
    }

    [Theory]
    [InlineData("a", false)]
    [InlineData("b", true)]
    public void OnlyScoresThatAMarginIsTakenOfAreNoProbabilities(string margin, bool areProbable)
    {
        using Net net = Net.Build(NetDefinition.Parse($$"""
            layer { name: "data" type: "Input" top: "a" top: "b" top: "label"
              input_param { shape { dim: 4 dim: 3 } shape { dim: 4 dim: 3 } shape { dim: 4 } } }
            layer { name: "hinge" type: "HingeLoss" bottom: "{{margin}}" bottom: "label" top: "hinge" }
            layer { name: "accuracy" type: "Accuracy" bottom: "a" bottom: "label" top: "accuracy" }
            """));

        Assert.Equal(areProbable, ClassSource.Find(net)!.AreProbable);
    }
}

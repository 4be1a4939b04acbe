using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Checks;

/// <summary>Which gradients a layer computes.</summary>
/// <param name="Bottoms">The bottoms that have one.</param>
/// <param name="HasParameters">Whether parameters have one.</param>
internal sealed record GradientScope(IReadOnlyList<int> Bottoms, bool HasParameters)
{
    /// <summary>Whether the layer runs backward at all.</summary>
    public bool RunsBackward => Bottoms.Count > 0 || HasParameters;

    /// <summary>Finds them: those of bottoms by asking for each alone, where the layer allows that.</summary>
    /// <param name="recipe">The layer.</param>
    /// <exception cref="CnnException">The layer refuses its bottoms.</exception>
    public static GradientScope Of(LayerRecipe recipe)
    {
        using LayerRun run = recipe.Make();
        if (!run.Layer.HasGradient || run.Layer.StopsGradient)
        {
            return new GradientScope([], false);
        }

        var bottoms = new List<int>();
        run.Forward();
        for (int i = 0; i < recipe.BottomCount; i++)
        {
            if (run.Layer.AllowsForceBackward(i) && Accepts(run, i))
            {
                bottoms.Add(i);
            }
        }

        bool hasParameters = Enumerable.Range(0, run.Layer.Blobs.Count).Any(run.Layer.NeedsGradient);
        return new GradientScope(bottoms, hasParameters);
    }

    /// <summary>
    /// Whether a parameter is not learned: its <c>lr_mult</c> is 0, in the definition or by the layer's set-up.
    /// </summary>
    public static bool IsFrozen(Layer layer, int parameter) =>
        layer.Parameter.Param.ElementAtOrDefault(parameter) is { LrMult: 0 };

    private static bool Accepts(LayerRun run, int bottom)
    {
        try
        {
            run.Backward([bottom]);
            return true;
        }
        catch (CnnException)
        {
            return false;
        }
    }
}

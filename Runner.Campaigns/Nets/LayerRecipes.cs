using Cnn.Campaigns.Nets.Recipes;

namespace Cnn.Campaigns.Nets;

/// <summary>How layers are drawn, by type.</summary>
internal static class LayerRecipes
{
    /// <summary>The recipes.</summary>
    public static IReadOnlyDictionary<string, Action<LayerDraw>> All { get; } = new SortedDictionary<string,
        Action<LayerDraw>>(
        ((IReadOnlyDictionary<string, Action<LayerDraw>>[])
        [
            ActivationRecipes.All,
            VisionRecipes.All,
            ShapeRecipes.All,
            ArithmeticRecipes.All,
            LearnedRecipes.All,
            LossRecipes.All,
            DetectionRecipes.All,
            SourceRecipes.All,
        ]).SelectMany(recipes => recipes).ToDictionary(r => r.Key, r => r.Value),
        StringComparer.Ordinal);

    /// <summary>The types that are not drawn, each with the reason.</summary>
    public static IReadOnlyDictionary<string, string> LeftOut { get; } = new SortedDictionary<string,
        string>(StringComparer.Ordinal)
    {
        ["HDF5Output"] = "it writes files",
        ["Python"] = "it stands for classes that a plug-in gives",
    };
}

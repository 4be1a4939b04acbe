using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>What <c>layer-times.json</c> holds.</summary>
/// <param name="Iteration">The iteration that was timed.</param>
/// <param name="Layers">The layers in the order they run, times in milliseconds.</param>
internal sealed record LayerTimeDocument(long Iteration, IReadOnlyList<LayerTime> Layers)
{
    /// <summary>Reads the document of a folder.</summary>
    /// <exception cref="CnnException">It cannot be read or is damaged.</exception>
    public static LayerTimeDocument Read(string folder)
    {
        string path = Path.Combine(folder, RunFiles.LayerTimes);
        LayerTimeDocument document = JsonDocuments.Read(path, JsonDocuments.Indented.LayerTimeDocument);
        return document.Layers.Contains(null!) ? throw JsonDocuments.Damaged(path, "a layer is null") : document;
    }

    /// <summary>Writes the document into a folder.</summary>
    /// <exception cref="CnnException">It cannot be written.</exception>
    public void Write(string folder) =>
        JsonDocuments.Write(Path.Combine(folder, RunFiles.LayerTimes), this, JsonDocuments.Indented.LayerTimeDocument);
}

namespace Cnn.Proto.Formats;

/// <summary>The parameters that a weights file holds for a layer.</summary>
/// <param name="Name">The layer's name, by which it is found in a net.</param>
/// <param name="Blobs">The parameters by index; null where the file leaves one to the layer that owns it.</param>
public sealed record StoredLayer(string Name, IReadOnlyList<StoredBlob?> Blobs)
{
    /// <summary>
    /// What each parameter is in a file that names its arrays, such as <c>weight</c>; the parameters are then in the
    /// order of the file. Null where they are numbered.
    /// </summary>
    public IReadOnlyList<string>? Roles { get; init; }
}

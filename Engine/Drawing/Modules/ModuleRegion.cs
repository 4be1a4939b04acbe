namespace Cnn.Engine.Drawing.Modules;

/// <summary>
/// Boxes that read one blob from outside and of which only the last is read from outside; they may be drawn as one.
/// </summary>
/// <param name="Members">The boxes' indices, ascending; the last one is the exit.</param>
/// <param name="Entry">The blob that goes in.</param>
internal sealed record ModuleRegion(IReadOnlyList<int> Members, DrawnSource Entry)
{
    /// <summary>The box that is read from outside.</summary>
    public int Exit => Members[^1];
}

namespace Cnn.Engine.Drawing;

/// <summary>Boxes that are drawn as one, since the net repeats them.</summary>
/// <param name="Name">The name that its layers have in common.</param>
/// <param name="Members">The boxes in it, in the order they run.</param>
/// <param name="Input">The shape of what goes in.</param>
/// <param name="Count">How many equal modules in a row it stands for; <paramref name="Members"/> has all boxes.</param>
internal sealed record DrawnModule(string Name, IReadOnlyList<DrawnBox> Members, string Input, int Count);

using Cnn.Engine.Inspection;

namespace Cnn.Runner.Reports;

/// <summary>A part of a picture of what is in a net.</summary>
/// <param name="Title">What it shows, such as a layer's name.</param>
/// <param name="Detail">Its shape and the like.</param>
/// <param name="Sheet">The tiles.</param>
/// <param name="Note">What the scale means; empty if it speaks for itself.</param>
internal sealed record LookSection(string Title, string Detail, TileSheet Sheet, string Note = "")
{
    /// <summary>The words at the ends of the scale; null for the values there.</summary>
    public (string Least, string Greatest)? Ends { get; init; }

    /// <summary>Whether it stands to the right of the section before it.</summary>
    public bool IsBeside { get; init; }
}

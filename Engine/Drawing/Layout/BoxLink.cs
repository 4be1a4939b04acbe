namespace Cnn.Engine.Drawing.Layout;

/// <summary>A connection of two boxes.</summary>
/// <param name="From">The index of the box that it leaves, less than <paramref name="To"/>.</param>
/// <param name="Port">Which of that box's exits it leaves by; links of one exit share their way.</param>
/// <param name="To">The index of the box that it enters.</param>
internal readonly record struct BoxLink(int From, int Port, int To);

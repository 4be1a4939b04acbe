namespace Cnn.Engine.Drawing.Layout;

/// <summary>
/// A piece of a wire: straight down from (X1, Y1) to Leave, across to (X2, Arrive), where no box is between, and
/// straight down to Y2.
/// </summary>
internal readonly record struct WirePiece(
    double X1, double Y1, double Leave, double X2, double Arrive, double Y2, bool EndsAtBox);
